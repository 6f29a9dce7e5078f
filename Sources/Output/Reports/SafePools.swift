// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities
import Records

/// RAM sizes, the largest safe pool of each, and what to tell the boot loader.
struct SafePools {
  /// In the order of the runs, by rising RAM where all else is the same.
  let pools: [SafePool]

  /// Of every run whose prediction has an answer.
  init(_ collection: RunCollection) {
    var order: [Subject] = []
    var drafts: [Subject: [UInt64: Draft]] = [:]
    for cell in collection.cells {
      let request = cell.record.request
      let safe = cell.record.predictedSafe
      let subject = Subject(request)
      if drafts[subject] == nil { order.append(subject) }
      let ram =
        request.asked?.ram?.bytes ?? request.banks.reduce(0) { $0 + $1.size.bytes }
      var draft =
        drafts[subject, default: [:]][ram]
        ?? Draft(layout: request.layout, node: subject.node(of: request))
      // Of several, what all of them are safe with.
      draft.safe = [draft.safe, safe].compactMap(\.self).min()
      if cell.outcome == .pass {
        draft.passed = [draft.passed, request.cmaBytes].compactMap(\.self).max()
      }
      drafts[subject, default: [:]][ram] = draft
    }
    pools = order.flatMap { subject in
      (drafts[subject] ?? [:]).sorted { $0.key < $1.key }.compactMap { ram, draft in
        draft.safe.map { subject.pool(ram: ByteCount(ram), safe: $0, draft) }
      }
    }
  }

  /// Those of the boards that there are several sizes of: what people read, and not of every board.
  ///
  /// Amounts that lie closer than a tenth are other splits of the same RAM.
  private var shown: [SafePool] {
    let sizes = Dictionary(grouping: pools, by: \.board).mapValues { $0.map(\.ramBytes.bytes) }
    return pools.filter { pool in
      guard let all = sizes[pool.board], let least = all.min(), let most = all.max() else {
        return false
      }
      return most - least > most / 10
    }
  }

  /// Whether there is nothing that people read.
  var isEmpty: Bool { shown.isEmpty }

  /// What tells one row from another, each with its heading.
  enum Column: CaseIterable {
    case board, ram, kernel, pageSize, via, regions, range, safe, passed, line

    var title: String {
      switch self {
      case .board: "board, layout"
      case .ram: "RAM"
      case .kernel: "kernel"
      case .pageSize: "pages"
      case .via: "via"
      case .regions: "regions"
      case .range: "in"
      case .safe: "largest safe pool"
      case .passed: "largest that ran"
      case .line: "for the boot loader"
      }
    }

    /// Whether it is left out where it is the same in every row.
    var isContext: Bool { [.kernel, .pageSize, .via, .regions, .range].contains(self) }

    func words(of pool: SafePool) -> String {
      switch self {
      case .board: "\(pool.board) \(pool.layout)"
      case .ram: pool.ramBytes.kernelArgument
      case .kernel: pool.kernel
      case .pageSize: pool.pageSize?.rawValue ?? ""
      case .via: pool.via.rawValue
      case .regions: pool.regions.joined(separator: "+")
      case .range: pool.range ?? "anywhere"
      case .safe: pool.safeBytes == .zero ? "none" : pool.safeBytes.kernelArgument
      case .passed: pool.passedBytes?.kernelArgument ?? "none"
      case .line: pool.bootLoaderLine ?? "\u{2013}"
      }
    }
  }

  var columns: [Column] {
    Column.allCases.filter { column in
      !column.isContext || Set(shown.map { column.words(of: $0) }).count > 1
    }
  }

  var rows: [[String]] {
    let columns = columns
    return shown.map { pool in columns.map { $0.words(of: pool) } }
  }
}

/// What becomes of one amount of RAM.
private struct Draft {
  let layout: String
  /// Of the default pool, where its size is what a boot loader can set.
  let node: String?
  var safe: ByteCount?
  var passed: ByteCount?
}

/// Everything but RAM and the pool's size.
private struct Subject: Hashable {
  let board: String
  let layout: String
  let kernel: String
  let pageSize: PageSize?
  let via: PoolWay
  let cpus: Int
  let regions: [String]
  let base: PhysicalAddress?
  let limit: PhysicalAddress?

  init(_ request: RunRequest) {
    board = request.board
    // With other RAM, a layout has another name.
    layout = request.asked?.ram == nil ? request.layout : request.asked?.layout ?? ""
    kernel = request.kernel
    pageSize = request.pageSize
    via = request.via
    cpus = request.cpus
    regions = request.regions.filter { !($0.isDefault && $0.isPool) }.map(\.node)
    base = request.via == .commandLine ? request.commandLinePool?.base : nil
    limit = request.via == .commandLine ? request.commandLinePool?.limit : nil
  }

  func node(of request: RunRequest) -> String? {
    request.regions.first { $0.isDefault && $0.isPool && $0.base == nil }?.node
  }

  func pool(ram: ByteCount, safe: ByteCount, _ draft: Draft) -> SafePool {
    let request = PoolRequest(bytes: safe, base: base, limit: limit)
    let line: String? =
      switch via {
      case _ where safe == .zero: nil
      case .commandLine, .kconfig: "cma=\(request.kernelArgument)"
      case .deviceTree:
        draft.node.map { "size 0x\(String(safe.bytes, radix: 16)) in /reserved-memory/\($0)" }
      }
    return SafePool(
      board: board, layout: draft.layout, ramBytes: ram, kernel: kernel, pageSize: pageSize,
      via: via,
      regions: regions, range: base.map { "@\($0)\(limit.map { "-\($0)" } ?? "")" },
      safeBytes: safe, passedBytes: draft.passed, bootLoaderLine: line)
  }
}
