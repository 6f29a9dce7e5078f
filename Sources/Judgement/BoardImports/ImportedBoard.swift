// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Predictions
import Quantities
import Records

/// A figure of a board file, and where it comes from.
struct Figure<Value: Sendable>: Sendable {
  let value: Value
  let origin: String

  init(_ value: Value, _ origin: String) {
    self.value = value
    self.origin = origin
  }
}

/// What a board file has, each figure with its origin.
struct ImportedBoard: Sendable {
  let model: Figure<String>
  let architecture: Figure<Architecture>
  let cpuCount: Figure<Int>
  /// Clear of banks and regions; the second one is the console's.
  let windows: [PhysicalRange]
  /// The first address that some device does not reach.
  let dmaLimit: Figure<PhysicalAddress>?
  let banks: [Figure<PhysicalRange>]
  let regions: [ImportedRegion]
  /// Nodes that a board file has no words for.
  let omitted: [String]
  let memoryReservations: [Figure<PhysicalRange>]
  let pool: Figure<ByteCount>
  /// Nil where no line of the log is a boot loader's.
  let loader: ImportedLoader?
  /// What a board file has no key for: the kernel's release, its command line.
  let remarks: [String]

  /// A guest's physical addresses have so many bits (the monitor's stage 2).
  private static let end: UInt64 = 1 << 39

  init(_ view: BoardView) throws(ImportFault) {
    guard let memory = EarlyMemory(view), let ranges = view.banks, !ranges.isEmpty else {
      throw .noMemory
    }
    if let far = ranges.first(where: { $0.last.value >= Self.end }) { throw .outOfReach(far) }
    let boot = view.boot
    let tree = view.tree
    model =
      boot.machine.map { Figure($0.value, view.origin($0.lines)) }
      ?? tree?.model.map { Figure($0, "\(tree?.file ?? ""): model") }
      ?? Figure("a board", "no model is told")
    architecture =
      boot.architecture.map { Figure($0.value, view.origin($0.lines)) }
      ?? tree?.architecture.map { Figure($0, "\(tree?.file ?? ""): /cpus") }
      ?? Figure(.arm64, "assumed")
    cpuCount =
      tree.map { Figure(min(max($0.cpuCount, 1), 8), "\($0.file): /cpus; a guest has at most 8") }
      ?? Figure(1, "no device tree tells how many")
    let isLogged = boot.banks != nil
    banks = ranges.compactMap { range in
      let pages = range.wholePages
      let source = view.bankSources.first { $0.names(range) } ?? view.bankSources.last
      let origin = isLogged ? source.map(view.origin) : tree.map { "\($0.file): /memory" }
      return pages.map { Figure($0, origin ?? "") }
    }
    guard !banks.isEmpty else { throw .noMemory }
    let entries = RegionEntries(view, memory)
    regions = entries.regions
    omitted = entries.omitted
    memoryReservations = memory.memoryReservations.map {
      Figure($0, "\(tree?.file ?? ""): /memreserve/")
    }
    let taken = ranges + memory.memoryReservations + entries.ranges
    windows = DevicePlaces(avoiding: taken).windows
    dmaLimit = Self.dmaLimit(view, memory)
    pool = Self.pool(view)
    loader = ImportedLoader(view, banks: banks.map(\.value))
    remarks = Remarks(view).lines + (loader?.remarks ?? [])
  }

  private static func dmaLimit(
    _ view: BoardView, _ memory: EarlyMemory
  ) -> Figure<PhysicalAddress>? {
    guard let last = memory.dmaLimit?.value, last < UInt64(UInt32.max), last & 0xfff == 0xfff,
      view.boot.architecture?.value != .arm
    else { return nil }
    let isOfTree = view.tree?.hasDMALimit == true
    let zone = view.boot.zones.first { $0.value.name == "DMA" }
    return Figure(
      PhysicalAddress(last + 1),
      isOfTree
        ? "\(view.tree?.file ?? ""): dma-ranges" : zone.map { view.origin($0.lines) } ?? "")
  }

  private static func pool(_ view: BoardView) -> Figure<ByteCount> {
    let asked = view.pools.first { $0.pool.name == nil && $0.pool.size != nil }
    guard let asked, let size = asked.pool.size else {
      return Figure(.mebibytes(64), "nothing tells of a default pool")
    }
    return Figure(size, asked.sources.first.map(view.origin) ?? "")
  }
}

extension BoardView {
  /// `dmesg.txt:12: cma: Reserved 64 MiB at 0x78000000`.
  func origin(_ source: ExplainedBoot.Source) -> String {
    "\(source.file)\(source.line.map { ":\($0)" } ?? ""): \(source.text)"
  }

  func origin(_ lines: [LogLine]) -> String {
    lines.first.map { "\(log):\($0.number): \($0.text)" } ?? log
  }
}

extension ExplainedBoot.Source {
  /// Whether its text has the address of a range.
  fileprivate func names(_ range: PhysicalRange) -> Bool {
    text.contains(String(range.start.value, radix: 16))
  }
}

extension PhysicalRange {
  /// Without the parts of its first and its last 4 KiB; nil where nothing is left.
  fileprivate var wholePages: PhysicalRange? {
    let start = (start.value &+ 0xfff) & ~0xfff
    let end = (last.value &+ 1) & ~0xfff
    return start < end ? PhysicalRange(at: start, bytes: end - start) : nil
  }
}
