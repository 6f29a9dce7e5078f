// SPDX-License-Identifier: Apache-2.0

// Why a board's pools are as its log has them: facts of the log and of the owner's device tree are
// held against each other and against the model, and each statement keeps the lines that it rests on.

package import BootLogs
import Predictions
package import Quantities
package import Records

/// The device tree of a board whose log is explained.
package struct OwnerTree: Sendable {
  /// As people know it: `board.dts`.
  package let file: String
  /// With places for tree and kernel that mean nothing: a blob does not know where it will lie.
  let memory: EarlyMemory
  package let blob: [UInt8]

  /// Nil for a blob that no kernel would read.
  package init?(file: String, blob: [UInt8]) {
    guard
      let memory = EarlyMemory(blob: blob, at: PhysicalAddress(0), kernel: PhysicalAddress(0))
    else { return nil }
    self.file = file
    self.memory = memory
    self.blob = blob
  }
}

extension OwnerTree {
  /// Its banks, where the log does not contradict them.
  ///
  /// A kernel that names its zones names its ranges of RAM as well: those of a log that has only the
  /// zones got lost, and they need not be the tree's, as kernels drop RAM.
  fileprivate func banks(of boot: LoggedBoot) -> [PhysicalRange]? {
    guard boot.zones.isEmpty, boot.ignoredRAM.isEmpty, let banks else { return nil }
    guard let total = boot.memory?.value.total.bytes else { return banks }
    // Up to about 5.9 what is not to be mapped is not RAM to the kernel (memblock_remove).
    let unmapped = (memory.reservedMemory?.nodes ?? []).filter(\.isNoMap).compactMap(\.fixedRange)
    let mapped = banks.flatMap { $0.subtracting(unmapped) }
    return [banks, mapped].contains { $0.reduce(0) { $0 &+ $1.size.bytes } == total } ? banks : nil
  }
}

/// One boot as log and tree show it together.
package struct BoardView {
  package typealias Source = ExplainedBoot.Source

  /// The log's name.
  package let log: String
  package let boot: LoggedBoot
  package let tree: OwnerTree?
  package let listing: MemoryListing?
  package let banks: [PhysicalRange]?
  package let bankSources: [Source]
  package let pools: [ViewedPool]

  package struct ViewedPool {
    package var pool: LoggedBoot.Pool
    package var sources: [Source]

    /// As people call it.
    var title: String {
      pool.name.map { "pool '\($0)'" } ?? (pool.kind == .unknown ? "pool" : "default pool")
    }
  }

  /// - Parameter listing: /proc/iomem of the board; nil without it.
  package init(
    log: String, boot: LoggedBoot, tree: OwnerTree?, listing: MemoryListing? = nil
  ) {
    self.log = log
    self.boot = boot
    self.tree = tree
    self.listing = listing
    if let logged = boot.banks {
      banks = logged.value
      bankSources = logged.lines.sources(in: log)
    } else if let listing {
      banks = listing.banks.value
      bankSources = listing.banks.lines.sources(in: listing.file)
    } else if let tree, let ranges = tree.banks(of: boot) {
      banks = ranges
      bankSources = ranges.map { Source(file: tree.file, line: nil, text: "memory node \($0)") }
    } else {
      banks = nil
      bankSources = []
    }
    pools = Self.pools(of: boot, log: log, tree: tree)
  }

  var release: KernelRelease? { boot.release.flatMap { KernelRelease($0.value) } }

  var reservedPools: [ViewedPool] { pools.filter { $0.pool.outcome == .reserved } }

  /// The pool that devices without one of their own use; nil where there is none, or nobody knows.
  var defaultPool: ViewedPool? {
    pools.first {
      $0.pool.name == nil && $0.pool.kind != .unknown && $0.pool.outcome != .refused
    }
      ?? pools.first {
        ["linux,cma", "cma"].contains($0.pool.name) && $0.pool.outcome == .reserved
      }
  }

  /// What the kernel counts of pools and no line places; nil where nothing is lacking, or not all
  /// sizes are known.
  var untoldPools: ByteCount? {
    guard let total = boot.memory?.value.pools else { return nil }
    let counted = boot.pools.map(\.value).filter {
      [.reserved, .notActivated].contains($0.outcome)
    }
    guard !counted.isEmpty, counted.allSatisfy({ $0.size != nil }) else { return nil }
    let told = counted.reduce(0) { $0 + ($1.size?.bytes ?? 0) }
    // Each was printed in whole MiB.
    guard total.bytes >= told + UInt64(counted.count) << 20 else { return nil }
    return ByteCount(total.bytes - told)
  }

  func sources(_ lines: [LogLine]) -> [Source] { lines.sources(in: log) }

  // MARK: The tree

  /// Whether there are nodes of which the log alone tells: that they ask for a pool, and where it was.
  var areNodesAssumed: Bool {
    tree == nil && pools.contains { $0.pool.kind == .deviceTree }
  }

  func node(_ name: String?) -> EarlyMemory.Node? {
    tree?.memory.reservedMemory?.nodes.first { $0.name == name }
  }

  /// Children of /reserved-memory that are not to be mapped, with their place.
  var noMapRegions: [(name: String, range: PhysicalRange, source: Source)] {
    let logged = boot.regions.filter(\.value.isNoMap).map {
      ($0.value.name, $0.value.range, $0.lines.sources(in: log)[0])
    }
    guard logged.isEmpty, let tree else { return logged }
    return (tree.memory.reservedMemory?.nodes ?? []).filter(\.isNoMap).compactMap { node in
      guard let range = node.fixedRange else { return nil }
      return (
        node.name, range,
        Source(
          file: tree.file, line: nil, text: "/reserved-memory/\(node.name): no-map, reg \(range)")
      )
    }
  }

  // MARK: What the tree adds to the log's pools

  private static func pools(
    of boot: LoggedBoot, log: String, tree: OwnerTree?
  ) -> [ViewedPool] {
    let nodes = tree?.memory.reservedMemory?.nodes ?? []
    var pools = boot.pools.map { ViewedPool(pool: $0.value, sources: $0.lines.sources(in: log)) }
    guard let tree else { return pools }
    for index in pools.indices where pools[index].pool.kind == .deviceTree {
      // 7.x says only that it drops the default node.
      if pools[index].pool.outcome == .bypassed, pools[index].pool.name == nil {
        pools[index].pool.name = nodes.first(where: \.isDefault)?.name
      }
      guard pools[index].pool.outcome == .refused, pools[index].pool.size == nil,
        let node = nodes.first(where: { $0.name == pools[index].pool.name }),
        let size = node.askedSize
      else { continue }
      pools[index].pool.size = size
      pools[index].sources.append(
        Source(
          file: tree.file, line: nil, text: "/reserved-memory/\(node.name): size \(size)"))
    }
    // A name does not tell a pool, and the tree does.
    for refusal in boot.refusals {
      guard let name = refusal.value.subject, !pools.contains(where: { $0.pool.name == name }),
        let node = nodes.first(where: { $0.name == name }), node.isCMAPool,
        refusal.value.kind.isOfPlace
      else { continue }
      pools.append(
        ViewedPool(
          pool: .init(
            name: name, base: nil, size: node.askedSize, kind: .deviceTree, outcome: .refused),
          sources: refusal.lines.sources(in: log)))
    }
    return pools.sorted { ($0.sources.first?.line ?? 0) < ($1.sources.first?.line ?? 0) }
  }
}

extension LoggedBoot.Refusal.Kind {
  /// Whether a region was refused because it has no place.
  fileprivate var isOfPlace: Bool {
    switch self {
    case .notAllocated: true
    case .notReserved(_, let size): size.bytes > 0
    default: false
    }
  }
}

extension EarlyMemory.Node {
  var isCMAPool: Bool { isSharedPool && isReusable && !isNoMap }

  /// Of its first `reg` entry; nil for a node without one.
  var fixedRange: PhysicalRange? {
    guard case .fixed(let entries) = placement, let first = entries.first else { return nil }
    return PhysicalRange(start: PhysicalAddress(first.start), size: ByteCount(first.size))
  }

  var askedSize: ByteCount? {
    switch placement {
    case .fixed(let entries): entries.first.map { ByteCount($0.size) }
    case .dynamic(let size, _, _), .malformedRanges(let size, _): ByteCount(size)
    case .malformedFixed, .malformedSize, .malformedAlignment, .nowhere: nil
    }
  }

  /// Its `alloc-ranges`; nil without.
  var allocationRanges: [PhysicalRange]? {
    guard case .dynamic(_, _, let within) = placement else { return nil }
    return within?.compactMap {
      PhysicalRange(start: PhysicalAddress($0.start), size: ByteCount($0.size))
    }
  }
}

extension [LogLine] {
  func sources(in log: String) -> [ExplainedBoot.Source] {
    map { ExplainedBoot.Source(file: log, line: $0.number, text: $0.text) }
  }
}

extension [PhysicalRange] {
  /// By address, adjacent ones as one; nil where there is none, or two overlap.
  var joined: [PhysicalRange]? {
    let sorted = sorted()
    guard !isEmpty, !zip(sorted, sorted.dropFirst()).contains(where: { $0.overlaps($1) }) else {
      return nil
    }
    return sorted.joiningAdjacent()
  }
}
