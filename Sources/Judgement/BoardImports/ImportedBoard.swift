// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import MemoryRequests
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
  /// The device tree's name; empty without one.
  let treeOrigin: String
  /// Nil where nothing tells of a default pool.
  let pool: Figure<ByteCount>?
  /// Nil where nothing tells where the boot loader put things.
  let loader: ImportedLoader?
  let kernel: ImportedKernel?
  /// Where sources disagree, and what a board file has no key for.
  let remarks: [String]

  /// A guest's physical addresses have so many bits (the monitor's stage 2).
  private static let end: UInt64 = 1 << 39

  init(
    _ view: BoardView, _ kernel: ImportedKernel?, _ given: GivenConfiguration?
  ) throws(ImportFault) {
    if let other = view.boot.otherArchitecture?.value { throw .architecture(other) }
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
      ?? boot.cpuCount.map {
        Figure(Int(min(max($0.value, 1), 8)), "\(view.origin($0.lines)); a guest has at most 8")
      } ?? Figure(1, "neither log nor tree tells how many")
    let isListed = boot.banks != nil || view.listing != nil
    banks = ranges.compactMap { range in
      let pages = range.wholePages
      let source = view.bankSources.first { $0.names(range) } ?? view.bankSources.last
      let origin = isListed ? source.map(view.origin) : tree.map { "\($0.file): /memory" }
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
    pool = Self.pool(view, given)
    loader = ImportedLoader(view, banks: banks.map(\.value))
    self.kernel = kernel
    treeOrigin = tree?.file ?? ""
    remarks = Remarks(view, given).lines + (loader?.remarks ?? [])
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

  /// What the kernel says that it was asked for, else what the tree or the configuration asks for.
  private static func pool(
    _ view: BoardView, _ given: GivenConfiguration?
  ) -> Figure<ByteCount>? {
    if let asked = view.pools.first(where: { $0.pool.name == nil && $0.pool.size != nil }),
      let size = asked.pool.size
    {
      return Figure(size, asked.sources.first.map(view.origin) ?? "")
    }
    guard view.boot.pools.isEmpty else { return nil }
    if let tree = view.tree, let asked = tree.poolArgument {
      return Figure(asked, "\(tree.file): cma= in the bootargs of /chosen")
    }
    guard let given, let mebibytes = given.poolMebibytes, mebibytes > 0,
      view.tree?.hasDefaultNode != true
    else { return nil }
    return Figure(.mebibytes(mebibytes), "\(given.file): CONFIG_CMA_SIZE_MBYTES")
  }
}

extension BoardView {
  /// `dmesg.txt:12: cma: Reserved 64 MiB at 0x78000000`.
  func origin(_ source: ExplainedBoot.Source) -> String {
    "\(source.file)\(source.line.map { ":\($0)" } ?? ""): \(source.text)"
  }

  func origin(_ lines: [LogLine]) -> String { lines.first.map(origin) ?? log }

  func origin(_ line: LogLine) -> String { "\(log):\(line.number): \(line.text)" }

  /// `iomem.txt:3: 40000000-bfffffff : System RAM`.
  func listingOrigin(_ lines: [LogLine]) -> String {
    lines.first.map { "\(listing?.file ?? ""):\($0.number): \($0.text)" } ?? ""
  }
}

extension OwnerTree {
  /// What `cma=` in its bootargs asks for; nil without one, or for another form.
  fileprivate var poolArgument: ByteCount? {
    let values = KernelParameters(commandLine).values(of: "cma")
    guard let text = values.last.flatMap(\.self).map({ String(decoding: $0, as: UTF8.self) })
    else { return nil }
    let request = try? PoolRequest(parsing: text)
    return request.flatMap { $0.bytes > .zero ? $0.bytes : nil }
  }
}

extension GivenConfiguration {
  /// Nil where its default pool is asked for otherwise, or not at all.
  var poolMebibytes: UInt64? {
    guard options["DMA_CMA"] == "y", options["CMA_SIZE_SEL_MBYTES"] == "y" else { return nil }
    return options["CMA_SIZE_MBYTES"].flatMap { UInt64($0) }.flatMap { $0 < 1 << 20 ? $0 : nil }
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
