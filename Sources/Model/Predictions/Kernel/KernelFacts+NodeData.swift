// SPDX-License-Identifier: Apache-2.0

extension KernelFacts {
  /// sizeof(pg_data_t), what a kernel with CONFIG_NUMA takes for each node, and for a machine without nodes
  /// as for one (arch/arm64/mm/numa.c, later mm/numa_memblks.c and mm/numa.c: alloc_node_data).
  ///
  /// Options by the dozen decide about it, so there are bounds. Its lists of zones are known
  /// (include/linux/mmzone.h: MAX_ZONELISTS of MAX_ZONES_PER_ZONELIST + 1 entries of 16 bytes); all else had
  /// 9,312 bytes in guests of Debian's 6.1, 11,552 of 6.12 and 11,744 of 7.2.
  ///
  /// - Parameter configuration: options by name, without `CONFIG_`.
  static func nodeDataBytes(of configuration: [String: String]) -> ClosedRange<UInt64>? {
    guard let nodes = possibleNodes(of: configuration) else { return nil }
    let optional = ["ZONE_DMA", "ZONE_DMA32", "ZONE_DEVICE"]
    // ZONE_NORMAL and ZONE_MOVABLE are always there.
    let zones = 2 + UInt64(optional.count { configuration[$0] == "y" })
    let lists = 2 * (nodes * zones + 1) * 16
    return (lists + 6 * 1024)...(lists + 24 * 1024)
  }

  /// MAX_NUMNODES (include/linux/numa.h); nil without CONFIG_NUMA.
  private static func possibleNodes(of configuration: [String: String]) -> UInt64? {
    guard configuration["NUMA"] == "y" else { return nil }
    return 1 << min(configuration["NODES_SHIFT"].flatMap { UInt64($0) } ?? 0, 10)
  }

  /// A byte for each pair of nodes that there could be (drivers/base/arch_numa.c, numa_alloc_distance); nil
  /// where no such table is made for a machine without nodes.
  var nodeDistanceBytes: UInt64? {
    guard rules.allocatesNodeDistances else { return nil }
    return Self.possibleNodes(of: configuration).map { $0 * $0 }
  }

  /// Takes sizes of structures from what the kernel says of itself, in place of bounds.
  ///
  /// - Parameter structureSize: sizeof of a structure, by name; nil for one that it does not know.
  package mutating func refine(by structureSize: (String) -> UInt64?) {
    guard nodeDataBytes != nil, let bytes = structureSize("pglist_data"), bytes > 0
    else { return }
    // roundup(sizeof(pg_data_t), SMP_CACHE_BYTES)
    let rounded = bytes.alignedUp(to: 64)
    nodeDataBytes = rounded...rounded
  }
}
