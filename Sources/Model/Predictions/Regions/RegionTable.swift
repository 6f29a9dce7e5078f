// SPDX-License-Identifier: Apache-2.0

/// What the kernel keeps of the children of /reserved-memory (drivers/of/of_reserved_mem.c,
/// reserved_mem).
struct RegionTable {
  /// An element of reserved_mem[].
  struct Saved: Hashable {
    let node: EarlyMemory.Node
    let start: UInt64
    let size: UInt64
  }

  private(set) var saved: [Saved] = []
  /// Where the regions lie whose place the list has when a dynamic one is placed, those of no size left
  /// out: dynamic ones that were placed before, and static ones where all are in the list by then.
  private var placed: [(start: UInt64, size: UInt64)] = []
  /// How many regions have memory of their own (total_reserved_mem_cnt).
  private(set) var count = 0

  mutating func countOne() { count += 1 }

  mutating func save(_ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64) {
    saved.append(Saved(node: node, start: start, size: size))
  }

  mutating func place(_ start: UInt64, _ size: UInt64) {
    if size > 0 { placed.append((start, size)) }
  }

  /// __reserved_mem_alloc_in_range: from which side a region is taken out of a range, so that it lies
  /// along one that was placed before.
  func side(of start: UInt64, _ end: UInt64) -> Memblock.Direction {
    func touches(_ address: UInt64) -> Bool {
      placed.contains { address >= $0.start && address <= $0.start + $0.size }
    }
    return touches(start) && !touches(end) ? .bottomUp : .topDown
  }

  /// The regions by address, as __rmem_check_for_overlap sees them.
  ///
  /// - Parameter nodes: the children of /reserved-memory in the tree's order.
  func sorted(by rules: KernelRules, _ nodes: [EarlyMemory.Node]) -> [Saved] {
    var sorted = saved
    if rules.ordersEqualRegions {
      let order = Dictionary(
        nodes.enumerated().map { ($0.element.name, $0.offset) },
        uniquingKeysWith: { first, _ in first })
      sorted.sort {
        ($0.start, $0.size, order[$0.node.name] ?? 0)
          < ($1.start, $1.size, order[$1.node.name] ?? 0)
      }
    } else {
      sorted.sort(as: rules.regionSort)
    }
    return sorted
  }
}
