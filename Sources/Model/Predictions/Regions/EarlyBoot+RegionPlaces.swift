// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Where a region goes: what is set aside for it (drivers/of/fdt.c, drivers/of/of_reserved_mem.c).
extension EarlyBoot {
  /// early_init_dt_reserve_memory.
  mutating func reserveStatic(_ node: EarlyMemory.Node, _ entry: EarlyMemory.Entry) {
    let (start, size) = (entry.start, entry.size)
    var isReserved = size > 0
    if size > 0, node.isNoMap {
      let isTaken = memblock.isReserved(start, size: size)
      if isTaken, !rules.noMapOutsideMemory || memblock.overlapsMemory(start, size: size) {
        isReserved = false
      } else {
        memblock.setNoMap(true, start, size: size)
      }
    } else if size > 0 {
      memblock.reserve(start, size: size)
    }
    if isReserved {
      note(start, size, "region \(node.name)")
      if let range = PhysicalRange(at: start, bytes: size) {
        setOutcome(of: node, node.isNoMap ? .carveOut(range) : .reserved(range))
      }
    } else {
      say(
        "\(rules.staticRegionPrefix): Reserved memory: failed to reserve memory for node "
          + "'\(node.name)': base \(padded(start)), size \(size >> 20) MiB")
      setOutcome(of: node, .refused(size == 0 ? "its size is 0" : "a part of it is taken"))
    }
  }

  /// __reserved_mem_alloc_size.
  mutating func placeDynamic(
    _ node: EarlyMemory.Node
  ) -> (start: UInt64, size: UInt64)? {
    let prefix = "OF: reserved mem:"
    switch node.placement {
    case .malformedSize:
      say("\(prefix) invalid size property in '\(node.name)' node.")
      setOutcome(of: node, .refused("its size has other cells than the root's #size-cells"))
      return nil
    case .malformedAlignment:
      say("\(prefix) invalid alignment property in '\(node.name)' node.")
      setOutcome(of: node, .refused("its alignment has other cells than the root's"))
      return nil
    case .malformedRanges(let size, let alignment) where rules.dropsMalformedArrays:
      // Taken for none, as a malformed reg is.
      var open = node
      open.placement = .dynamic(size: size, alignment: alignment, within: nil)
      return placeDynamic(open)
    case .malformedRanges:
      say("\(prefix) invalid alloc-ranges property in '\(node.name)', skipping node.")
      setOutcome(of: node, .refused("its alloc-ranges is no whole number of entries"))
      return nil
    case .dynamic(let size, let alignment, let within):
      var align = alignment ?? 0
      if facts.hasPools, node.isPool { align = max(align, facts.poolAlignment) }
      // SMP_CACHE_BYTES.
      if align == 0 { align = 64 }
      guard align.nonzeroBitCount == 1 else {
        unknown.append("region \(node.name) has an alignment that is no power of two")
        return nil
      }
      if let start = find(node, size, align, within) {
        note(start, size, "region \(node.name)")
        return (start, size)
      }
      let words = "failed to allocate memory for node '\(node.name)'"
      say(
        "\(prefix) \(words)" + (rules.printsRefusedSize ? ": size \(size >> 20) MiB" : ""))
      setOutcome(of: node, .refused("no hole is large enough"))
      return nil
    case .fixed, .malformedFixed, .nowhere:
      return nil
    }
  }

  private mutating func find(
    _ node: EarlyMemory.Node, _ size: UInt64, _ align: UInt64, _ within: [EarlyMemory.Entry]?
  ) -> UInt64? {
    guard let within else { return claim(node, size, align, from: 0, to: 0, .topDown) }
    for range in within {
      let end = (range.start &+ range.size) & facts.highestAddress
      let direction = rules.growsAlongRegions ? side(range.start, end) : .topDown
      if let start = claim(node, size, align, from: range.start, to: end, direction) {
        return start
      }
    }
    return nil
  }

  /// __reserved_mem_alloc_in_range: along a region that was placed before.
  private func side(_ start: UInt64, _ end: UInt64) -> Memblock.Direction {
    let low = placedRegions.contains {
      $0.size > 0 && start >= $0.start && start <= $0.start + $0.size
    }
    let high = placedRegions.contains {
      $0.size > 0 && end >= $0.start && end <= $0.start + $0.size
    }
    return low && !high ? .bottomUp : .topDown
  }

  /// early_init_dt_alloc_reserved_memory_arch.
  private mutating func claim(
    _ node: EarlyMemory.Node, _ size: UInt64, _ align: UInt64, from start: UInt64, to end: UInt64,
    _ direction: Memblock.Direction
  ) -> UInt64? {
    guard
      let found = memblock.find(
        size: size, align: align, from: start, limit: end == 0 ? .max : end, direction)
    else { return nil }
    if node.isNoMap, rules.dynamicNoMap == .removed {
      memblock.remove(found, size: size)
    } else {
      memblock.reserve(found, size: size)
      if node.isNoMap { memblock.setNoMap(true, found, size: size) }
    }
    return found
  }
}
