// SPDX-License-Identifier: Apache-2.0

/// The children of /reserved-memory as older kernels take them: all reserved, sorted by address, then
/// set up.
extension EarlyBoot {
  /// fdt_scan_reserved_mem and fdt_init_reserved_mem.
  mutating func scanSorted() {
    for node in nodes {
      switch node.placement {
      case .fixed(let entries):
        for entry in entries { reserveStatic(node, entry) }
        if let first = entries.first {
          saveUnplaced(node, first)
        } else {
          refuse(node, .emptyRegister)
        }
      case .malformedFixed:
        refuseMalformedRegister(node)
      case .nowhere:
        refuse(node, .nowhere)
      case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
        saveUnplaced(node, .init(start: 0, size: 0))
      }
    }
    reserveElfCoreHeader(at: .afterStaticRegions)
    // Between the two functions: static regions are reserved, and dynamic ones have no place yet.
    reserveLateEntries()
    let sorted = regions.sorted(by: rules, nodes)
    sayOverlaps(sorted)
    for region in sorted { regions.place(region.start, region.size) }
    for region in sorted {
      if region.size > 0 {
        setUp(region.node, region.start, region.size)
      } else if let (start, size) = placeDynamic(region.node) {
        regions.place(start, size)
        setUp(region.node, start, size)
      }
    }
  }

  /// fdt_reserved_mem_save_node.
  private mutating func saveUnplaced(_ node: EarlyMemory.Node, _ entry: EarlyMemory.Entry) {
    guard !isRegionListFull else { return refuseForFullList(node) }
    regions.save(node, entry.start, entry.size)
  }
}
