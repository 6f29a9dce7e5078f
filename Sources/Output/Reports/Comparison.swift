// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Observations
import Quantities
import Records
import Transcripts

/// What differs between runs that were asked for the same: on two days, or on two kernels.
package struct Comparison: Sendable {
  /// Sorted by what matters most.
  enum Kind: String, CaseIterable {
    case ceasedToFit = "Ceased to fit"
    case beganToFit = "Began to fit"
    case otherOutcome = "Came to something else"
    case lost = "Pools that are gone"
    case gained = "Pools that are new"
    case shrank = "Pools that shrank"
    case grew = "Pools that grew"
    case moved = "Pools that moved"
    case slower = "Slower"
    case faster = "Faster"

    /// What it is for whoever wants the pool; nil where that is a matter of taste.
    var outcome: Outcome? {
      switch self {
      case .ceasedToFit, .lost, .shrank, .slower: .fail
      case .beganToFit, .gained, .grew, .faster: .pass
      case .otherOutcome, .moved: nil
      }
    }

    /// `1 pool that is new`, `3 pools that are new`.
    func words(ofCount count: Int) -> String {
      let words = rawValue.lowercased()
      guard count == 1 else { return words }
      return words.replacing("pools that are", with: "pool that is")
        .replacing("pools", with: "pool")
    }

    var isLatency: Bool { self == .slower || self == .faster }
    var isOfOutcome: Bool { [.ceasedToFit, .beganToFit, .otherOutcome].contains(self) }
  }

  struct Change {
    let kind: Kind
    /// Of which runs.
    let name: String
    /// The pool or the measurement; the outcome where it is empty.
    let what: String
    let before: String
    let after: String
    let difference: String
    /// The runs that it lies between.
    let cells: (old: RunCollection.Cell, new: RunCollection.Cell)
  }

  let before: String
  let after: String
  let pairs: Int
  /// Whether each side is a run by itself.
  let isOfSingleRuns: Bool
  let changes: [Change]
  /// What is on one side only, a line each.
  let alone: [String]

  /// Medians of emulated time that differ by less are said to be the same, in percent.
  static let latencyTolerance = 25.0
  /// A median of fewer samples says too little.
  private static let fewestSamples: UInt64 = 10

  /// Compares each run of one collection with the one of the other that was asked for the same.
  ///
  /// Where no two were asked for the same on the same kernel, the kernels are what is compared. Two
  /// single runs of one layout are always compared.
  package init(_ before: RunCollection, _ after: RunCollection) {
    let layouts = Set((before.cells + after.cells).map { $0.record.request.home })
    let isPair = before.isSingleRun && after.isSingleRun && layouts.count == 1
    let keys = [
      { (record: RunRecord) in "\(record.request.sameButKernel)\n\(record.request.kernel)" },
      { (record: RunRecord) in record.request.sameButKernel },
    ]
    let isSameKernel = !Set(before.cells.map { keys[0]($0.record) })
      .isDisjoint(with: after.cells.map { keys[0]($0.record) })
    let key: (RunRecord) -> String = isPair ? { _ in "" } : isSameKernel ? keys[0] : keys[1]
    self.init(
      before: before.name, before.cells, after: after.name, after.cells, key: key,
      isOfSingleRuns: before.isSingleRun && after.isSingleRun)
  }

  /// Compares the runs of one collection on one kernel with those on another.
  package init(of collection: RunCollection, kernel old: String, with new: String) {
    self.init(
      before: old, collection.cells.filter { $0.record.request.kernel == old },
      after: new, collection.cells.filter { $0.record.request.kernel == new },
      key: { $0.request.sameButKernel })
  }

  private init(
    before: String, _ old: [RunCollection.Cell], after: String, _ new: [RunCollection.Cell],
    key: (RunRecord) -> String, isOfSingleRuns: Bool = false
  ) {
    self.isOfSingleRuns = isOfSingleRuns
    self.before = before
    self.after = after
    let partners = Dictionary(new.map { (key($0.record), $0) }) { first, _ in first }
    var changes: [Change] = []
    var alone: [String] = []
    var met: Set<String> = []
    for cell in old {
      let name = key(cell.record)
      guard met.insert(name).inserted, let partner = partners[name] else {
        alone.append(Self.name(ofAlone: cell, on: before))
        continue
      }
      changes += Self.changes(from: cell, to: partner)
    }
    let left = new.filter { !met.contains(key($0.record)) }
    self.alone = alone + left.map { Self.name(ofAlone: $0, on: after) }
    pairs = new.count - left.count
    self.changes = Kind.allCases.flatMap { kind in changes.filter { $0.kind == kind } }
  }

  /// A single run has the name of its side.
  private static func name(ofAlone cell: RunCollection.Cell, on side: String) -> String {
    cell.id == side ? "\(side): \(cell.record.request.place)" : "\(side): \(cell.id)"
  }

  /// `80 runs compared.`, or why none is.
  var extent: String {
    switch pairs {
    case 0 where isOfSingleRuns: "Not compared: the two runs are of different layouts."
    case 0: "No runs compared: no two were asked for the same."
    case 1: "One run compared."
    default: "\(pairs) runs compared."
    }
  }

  /// `40 runs compared, 6.1 with 7.2: 3 ceased to fit, 12 pools that moved.`
  var sentence: String {
    let words = counts.map { "\($0.kind.rawValue.lowercased()): \($0.count)" }
    guard pairs > 0 else { return extent }
    return words.isEmpty
      ? "\(extent.dropLast()): nothing changed."
      : "\(extent) \(words.joined(separator: ", ").capitalised)."
  }

  var counts: [(kind: Kind, count: Int)] {
    Kind.allCases.map { kind in (kind, changes.count { $0.kind == kind }) }.filter { $0.1 > 0 }
  }

  /// What differs between two runs that were asked for the same.
  static func changes(
    from old: RunCollection.Cell, to new: RunCollection.Cell
  ) -> [Change] {
    var changes: [Change] = []
    let places = (old: old.record.request, new: new.record.request)
    let isSame = places.old.cmaBytes == places.new.cmaBytes
    let name =
      new.id == old.id
      ? old.id
      : places.old.place + (isSame ? "" : " to cma=\(places.new.cmaBytes.kernelArgument)")
    func add(
      _ kind: Kind, _ what: String, from before: String, to after: String, _ difference: String
    ) {
      changes.append(
        Change(
          kind: kind, name: name, what: what, before: before, after: after,
          difference: difference, cells: (old, new)))
    }
    if old.outcome != new.outcome {
      let kind: Kind =
        new.outcome == .pass
        ? .beganToFit
        : old.outcome == .pass && new.outcome != .inconclusive
          ? .ceasedToFit : .otherOutcome
      add(kind, "", from: old.outcome.word, to: new.outcome.word, new.record.reason)
    }
    // Of a guest that died nobody knows which pools it would have had.
    guard old.record.ending.kind == .completed, new.record.ending.kind == .completed else {
      return changes
    }
    let pools = (old: old.record.observed.cmaAreas, new: new.record.observed.cmaAreas)
    for pool in pools.old {
      guard let now = pools.new.first(where: { $0.plainName == pool.plainName }) else {
        add(.lost, pool.plainName, from: pool.words, to: "none", "-\(pool.bytes)")
        continue
      }
      if now.bytes < pool.bytes {
        let less = ByteCount(pool.bytes.bytes - now.bytes.bytes)
        add(.shrank, pool.plainName, from: pool.words, to: now.words, "-\(less)")
      } else if now.bytes > pool.bytes {
        let more = ByteCount(now.bytes.bytes - pool.bytes.bytes)
        add(.grew, pool.plainName, from: pool.words, to: now.words, "+\(more)")
      } else if now.base != pool.base {
        let isUp = now.base > pool.base
        let distance = ByteCount(
          isUp ? now.base.value - pool.base.value : pool.base.value - now.base.value)
        add(
          .moved, pool.plainName, from: pool.words, to: now.words,
          "\(isUp ? "up" : "down") \(distance)")
      }
    }
    for pool in pools.new where !pools.old.contains(where: { $0.plainName == pool.plainName }) {
      add(.gained, pool.plainName, from: "none", to: pool.words, "+\(pool.bytes)")
    }
    for test in old.record.tests {
      guard let now = new.record.tests.first(where: { $0.name == test.name }) else { continue }
      for series in test.latencies {
        guard let next = now.latencies.first(where: { $0.name == series.name }),
          min(series.count, next.count) >= fewestSamples, series.p50 > 0, next.unit == series.unit
        else { continue }
        let percent = (Double(next.p50) / Double(series.p50) - 1) * 100
        guard abs(percent) >= latencyTolerance else { continue }
        func words(_ value: UInt64) -> String {
          TestReport.Figure.words(of: value, in: series.unit)
        }
        add(
          percent > 0 ? .slower : .faster, "\(test.name) \(series.name)",
          from: "p50 \(words(series.p50)), p99 \(words(series.p99))",
          to: "p50 \(words(next.p50)), p99 \(words(next.p99))",
          "\(percent > 0 ? "+" : "")\(Int(min(percent, 1e9).rounded())) %")
      }
    }
    return changes
  }
}

extension RunRequest {
  /// `arm64-4g wide, cma=3000M`.
  var place: String { "\(board) \(layout), cma=\(cmaBytes.kernelArgument)" }

  fileprivate var home: String { "\(board) \(layout)" }

  /// Everything that was asked for but the kernel, as a key.
  fileprivate var sameButKernel: String {
    let regions = regions.map { "\($0.node) \($0.bytes) \($0.isPool) \($0.isNoMap)" }
    let words =
      [
        board, layout, "\(cmaBytes.bytes)", via.rawValue, pageSize?.rawValue ?? "", "\(cpus)",
        commandLine,
      ] + banks.map(\.description) + regions + tests
    return words.joined(separator: "\n")
  }

  /// Everything that was asked for but the kernel and the pool's size, as a key.
  var sameButSize: String {
    let others = regions.filter { !($0.isDefault && $0.isPool) }
      .map { "\($0.node) \($0.bytes) \($0.isPool) \($0.isNoMap)" }
    let words =
      [
        board, layout, via.rawValue, pageSize?.rawValue ?? "", "\(cpus)",
        KernelParameters(commandLine).removing("cma"),
      ] + banks.map(\.description) + others + tests
    return words.joined(separator: "\n")
  }
}

extension RunRecord.ObservedRecord.Area {
  /// Without the prefix that kernels before 5.11 give every directory of debugfs
  /// (mm/cma_debug.c, cma_debugfs_add_one).
  fileprivate var plainName: String {
    name.hasPrefix("cma-") ? String(name.dropFirst(4)) : name
  }

  fileprivate var words: String { "\(bytes) at \(base)" }
}

extension String {
  fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
