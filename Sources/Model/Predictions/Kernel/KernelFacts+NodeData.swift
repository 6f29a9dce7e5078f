// SPDX-License-Identifier: Apache-2.0

extension KernelFacts {
  /// sizeof(pg_data_t), what a kernel with CONFIG_NUMA takes for each node, and for a machine without nodes
  /// as for one (arch/arm64/mm/numa.c, later mm/numa_memblks.c and mm/numa.c: alloc_node_data).
  ///
  /// Options by the dozen decide about it, so there are bounds. Its lists of zones are known
  /// (include/linux/mmzone.h: MAX_ZONELISTS of MAX_ZONES_PER_ZONELIST + 1 entries of 16 bytes); all else had
  /// 9,312 bytes in guests of Debian's 6.1, 11,552 of 6.12 and 11,744 of 7.2. The table of distances, where
  /// there is one, begins a page.
  ///
  /// - Parameter configuration: options by name, without `CONFIG_`.
  static func nodeDataBytes(of configuration: [String: String]) -> ClosedRange<UInt64>? {
    guard configuration["NUMA"] == "y" else { return nil }
    let nodes: UInt64 = 1 << min(configuration["NODES_SHIFT"].flatMap { UInt64($0) } ?? 0, 10)
    let optional = ["ZONE_DMA", "ZONE_DMA32", "ZONE_DEVICE"]
    // ZONE_NORMAL and ZONE_MOVABLE are always there.
    let zones = 2 + UInt64(optional.count { configuration[$0] == "y" })
    let lists = 2 * (nodes * zones + 1) * 16
    let distances = (nodes * nodes).alignedUp(to: 4096) + 4096
    return (lists + 6 * 1024)...(lists + distances + 24 * 1024)
  }
}
