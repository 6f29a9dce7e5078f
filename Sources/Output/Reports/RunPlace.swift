// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities
import Records
import SystemPackage

/// Where a run stands in the table.
struct RunPlace {
  /// What may tell one row from another.
  enum Aspect: Int, CaseIterable {
    case kernel
    case way
    case pageSize
    case cpus
    case regions

    func words(of value: String) -> String? {
      switch self {
      case .kernel: Self.short(value)
      case .way: "via \(value)"
      case .pageSize: value.isEmpty ? nil : "\(value) pages"
      case .cpus: value == "1" ? "1 CPU" : "\(value) CPUs"
      case .regions: value.isEmpty ? nil : "regions \(value)"
      }
    }

    /// The end of an image's path, which would widen every row.
    private static func short(_ kernel: String) -> String {
      kernel.count > longestKernel ? "\u{2026}\(kernel.suffix(longestKernel - 1))" : kernel
    }

    private static let longestKernel = 40
  }

  let group: String
  let size: ByteCount
  /// The tests, which tell runs of one place apart where there are several.
  let what: String
  let aspects: [Aspect: String]

  init(_ request: RunRequest) {
    group = "\(request.board) \(request.layout)"
    size = request.cmaBytes
    what = Self.words(ofTests: request.tests)
    aspects = [
      .kernel: request.kernel, .way: request.via.rawValue,
      .pageSize: request.pageSize?.rawValue ?? "",
      .cpus: String(request.cpus),
      .regions: Self.regions(of: request),
    ]
  }

  /// Which aspects have more than one value.
  static func varying(_ places: [RunPlace]) -> Set<Aspect> {
    Set(Aspect.allCases.filter { aspect in Set(places.map { $0.aspects[aspect] }).count > 1 })
  }

  func words(of aspects: [Aspect]) -> String {
    aspects.compactMap { aspect in self.aspects[aspect].flatMap { aspect.words(of: $0) } }
      .joined(separator: ", ")
  }

  /// Those beside the default pool that the way itself puts into the device tree.
  private static func regions(of request: RunRequest) -> String {
    request.regions.filter { request.via != .deviceTree || !($0.isDefault && $0.isPool) }
      .map(\.node).joined(separator: "+")
  }

  /// Of a cell that has not run: what it leaves open is as in the runs that are there.
  init?(_ request: GuestRequest, like collection: RunCollection) {
    let sample = collection.cells.first { request.hasHome(of: $0.record.request) }?.record.request
    // A tree's board is called as its first run says.
    guard let board = request.deviceTree == nil ? request.board : sample?.board else { return nil }
    let pools = request.pools
    guard let size = pools.asked?.bytes ?? pools.deviceTree?.bytes ?? pools.kconfig?.bytes,
      let layout = (request.hasOtherRAM ? nil : request.layout) ?? sample?.layout
    else { return nil }
    let kernel: String
    switch request.kernel.source {
    case .line(let name):
      guard let name = name ?? sample?.kernel else { return nil }
      kernel = name
    case .image(let path), .tree(let path): kernel = path.string
    }
    group = "\(board) \(layout)"
    self.size = size
    what = Self.words(ofTests: request.tests.map(\.rawValue))
    aspects = [
      .kernel: kernel,
      .way: (pools.asked != nil ? pools.via : pools.deviceTree != nil ? .deviceTree : .kconfig)
        .rawValue,
      .pageSize: (request.kernel.pageSize ?? sample?.pageSize)?.rawValue ?? "",
      .cpus: (request.cpuCount ?? sample?.cpus).map { "\($0)" } ?? "1",
      .regions: sample.map { Self.regions(of: $0) } ?? "",
    ]
  }

  private static func words(ofTests tests: [String]) -> String {
    tests.isEmpty ? "" : ", \(tests.joined(separator: "+"))"
  }
}

extension GuestRequest {
  /// Whether a run was of the same board and RAM, as far as this says.
  fileprivate func hasHome(of run: RunRequest) -> Bool {
    guard !hasOtherRAM, deviceTree == nil else {
      // Paths in records are absolute.
      return run.asked?.layout == layout && run.asked?.ram == ram && run.asked?.banks == banks
        && run.asked?.deviceTree?.lastComponent == deviceTree?.lastComponent
        && (deviceTree != nil || run.board == board)
    }
    return run.board == board && layout.map { $0 == run.layout } ?? true
  }
}
