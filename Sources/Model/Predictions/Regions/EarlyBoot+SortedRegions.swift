// SPDX-License-Identifier: Apache-2.0

/// The children of /reserved-memory up to 6.11: all reserved, sorted by address, then set up.
extension EarlyBoot {
  /// fdt_scan_reserved_mem and fdt_init_reserved_mem.
  mutating func scanSorted() {
    var saved: [SavedRegion] = []
    func save(_ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64) -> Bool {
      guard saved.count < Self.maximumRegionCount else { return false }
      saved.append(SavedRegion(node: node, start: start, size: size))
      return true
    }
    for node in nodes {
      var isSaved = true
      switch node.placement {
      case .fixed(let entries):
        for (index, entry) in entries.enumerated() {
          reserveStatic(node, entry)
          if index == 0 { isSaved = save(node, entry.start, entry.size) }
        }
        if entries.isEmpty { setOutcome(of: node, .refused("its reg is empty")) }
      case .malformedFixed:
        sayMalformedRegister(node)
      case .nowhere:
        setOutcome(of: node, .refused("it has neither reg nor size"))
      case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
        isSaved = save(node, 0, 0)
      }
      if !isSaved {
        say("OF: reserved mem: not enough space for all defined regions.")
        setOutcome(of: node, .refused("more than \(Self.maximumRegionCount) regions"))
      }
    }
    guard !saved.isEmpty else { return }
    saved.sort(as: rules.regionSort)
    sayOverlaps(saved)
    for region in saved {
      var (start, size) = (region.start, region.size)
      if size == 0 {
        guard let placed = placeDynamic(region.node) else { continue }
        (start, size) = placed
      }
      setUp(region.node, start, size)
    }
  }
}
