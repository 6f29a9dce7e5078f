// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Where a region goes: what is set aside for it (drivers/of/fdt.c, drivers/of/of_reserved_mem.c).
extension EarlyBoot {
  /// early_init_dt_reserve_memory.
  mutating func reserveStatic(_ node: EarlyMemory.Node, _ entry: EarlyMemory.Entry) {
    let (start, size) = (entry.start, entry.size)
    guard memblock.reserveRegion(start, size: size, isNoMap: node.isNoMap, rules) else {
      return refuse(
        node, size == 0 ? .zeroSize : .placeTaken,
        saying: "\(rules.staticRegionPrefix): Reserved memory: failed to reserve memory for node "
          + "'\(node.name)': base \(facts.padded(start)), size \(size >> 20) MiB")
    }
    log.note(start, size, .region(node.name))
    announce(node, start, size)
    guard let range = PhysicalRange(at: start, bytes: size) else { return }
    log.settle(node.name, node.isNoMap ? .carveOut(range) : .reserved(range))
  }

  /// Tells the architecture of what may become a pool.
  private mutating func announce(_ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64) {
    let isAnnounced =
      switch rules.poolAnnouncement {
      case .whenMade: false
      case .whenPlaced: node.isSharedPool && node.isReusable
      case .whenPlacedAndVerified: node.isPool
      }
    if facts.hasPools, isAnnounced { machine.announcePool(node.name, at: start, size: size) }
  }

  /// __reserved_mem_alloc_size.
  mutating func placeDynamic(_ node: EarlyMemory.Node) -> (start: UInt64, size: UInt64)? {
    let prefix = "OF: reserved mem:"
    switch node.placement {
    case .malformedSize:
      refuse(
        node, .malformedSize, saying: "\(prefix) invalid size property in '\(node.name)' node.")
    case .malformedAlignment:
      refuse(
        node, .malformedAlignment,
        saying: "\(prefix) invalid alignment property in '\(node.name)' node.")
    case .malformedRanges(let size, let alignment) where rules.dropsMalformedArrays:
      return placeDynamic(node, size, alignment, within: nil)
    case .malformedRanges:
      refuse(
        node, .malformedRanges,
        saying: "\(prefix) invalid alloc-ranges property in '\(node.name)', skipping node.")
    case .dynamic(let size, let alignment, let within):
      return placeDynamic(node, size, alignment, within: within)
    case .fixed, .malformedFixed, .nowhere:
      break
    }
    return nil
  }

  private mutating func placeDynamic(
    _ node: EarlyMemory.Node, _ size: UInt64, _ alignment: UInt64?, within: [EarlyMemory.Entry]?
  ) -> (start: UInt64, size: UInt64)? {
    var align = alignment ?? 0
    if facts.hasPools, node.isPool { align = max(align, facts.poolAlignment) }
    // SMP_CACHE_BYTES.
    if align == 0 { align = 64 }
    guard align.nonzeroBitCount == 1 else {
      log.cannotPredict("region \(node.name) has an alignment that is not a power of two")
      return nil
    }
    for place in places(within) {
      let start = memblock.allocateRegion(
        size: size, align: align, in: place, isNoMap: node.isNoMap, rules)
      if let start {
        log.note(start, size, .region(node.name))
        announce(node, start, size)
        return (start, size)
      }
    }
    refuse(
      node, shortage(within) ?? .noHole,
      saying: "OF: reserved mem: failed to allocate memory for node '\(node.name)'"
        + (rules.printsRefusedSize ? ": size \(size >> 20) MiB" : ""))
    return nil
  }

  /// Nil where some of the ranges have RAM.
  private func shortage(_ within: [EarlyMemory.Entry]?) -> RegionRefusal? {
    guard let within, !within.isEmpty else { return nil }
    let ranges = within.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    guard !input.banks.contains(where: { bank in ranges.contains(where: bank.overlaps) }) else {
      return nil
    }
    return .noRAM(in: ranges)
  }

  /// Where a dynamic region is looked for, in this order.
  private func places(_ within: [EarlyMemory.Entry]?) -> [Memblock.Place] {
    guard let within else { return [.anywhere] }
    return within.map { range in
      let end = (range.start &+ range.size) & facts.highestAddress
      return Memblock.Place(
        start: range.start, end: end == 0 ? .max : end,
        direction: rules.growsAlongRegions ? regions.side(of: range.start, end) : .topDown)
    }
  }
}
