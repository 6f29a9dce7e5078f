// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What becomes of a region once it has a place: the driver that takes it, or none.
extension EarlyBoot {
  /// fdt_reserved_mem_save_node and what it calls.
  ///
  /// - Returns: whether the region is of use.
  @discardableResult
  mutating func setUp(_ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64) -> Bool {
    guard let range = PhysicalRange(at: start, bytes: size) else { return false }
    guard rules.regionOrder == .staticFirst else { return setUp(node, range) }
    // Where the list is allocated there is room for all static ones.
    if rules.regionArray == .fixed, isRegionListFull {
      refuseForFullList(node)
      return false
    }
    let isSetUp = setUp(node, range)
    if isSetUp || rules.keepsRefusedRegions { regions.save(node, start, size) }
    return isSetUp
  }

  /// __reserved_mem_init_node: the driver's part, and what happens where it refuses.
  private mutating func setUp(_ node: EarlyMemory.Node, _ range: PhysicalRange) -> Bool {
    guard node.isSharedPool, facts.hasPools || facts.hasCoherentPools else {
      return leave(node, range)
    }
    guard let refusal = makePool(node, range) else {
      take(node, range, kind: "CMA", sizeIn: .mebibytes)
      log.settle(node.name, .pool(range))
      return true
    }
    // The DMA API's own driver takes what is not reusable, and only that.
    if facts.hasCoherentPools, !node.isReusable {
      if node.isNoMap || !machine.coherentPoolsAreUnmapped {
        take(node, range, kind: "DMA", sizeIn: rules.coherentPoolUnit)
        log.settleUnlessRefused(node.name, .coherentPool(range))
        return true
      }
      log.say("Reserved memory: regions without no-map are not yet supported")
    } else if refusal.isLackOfDriver, !rules.lackOfDriverRefuses {
      return leave(node, range)
    }
    refuse(
      node, refusal, saying: "OF: reserved mem: node \(node.name) compatible matching fail")
    giveBack(node, range)
    return false
  }

  /// No driver has anything to do with it.
  private mutating func leave(_ node: EarlyMemory.Node, _ range: PhysicalRange) -> Bool {
    log.settleUnlessRefused(node.name, node.isNoMap ? .carveOut(range) : .reserved(range))
    sayPlace(node, range)
    return true
  }

  /// What a driver that takes a region prints.
  private mutating func take(
    _ node: EarlyMemory.Node, _ range: PhysicalRange, kind: String,
    sizeIn unit: KernelRules.CoherentPoolUnit
  ) {
    let bytes = range.size.bytes
    let size =
      switch unit {
      case .mebibytes: "\(facts.mebibytes(bytes)) MiB"
      case .kibibytes: "\(bytes >> 10) KiB"
      }
    log.say(
      "Reserved memory: created \(kind) memory pool at \(facts.padded(range.start.value)), "
        + "size \(size)")
    log.say("OF: reserved mem: initialized node \(node.name), compatible id shared-dma-pool")
    sayPlace(node, range)
  }

  /// fdt_init_reserved_mem_node.
  private mutating func sayPlace(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    guard rules.printsPlaces else { return }
    log.say(
      "OF: reserved mem: \(facts.padded(range.start.value))..\(facts.padded(range.last.value)) "
        + "(\(range.size.bytes >> 10) KiB) \(node.isNoMap ? "nomap" : "map") "
        + "\(node.isReusable ? "reusable" : "non-reusable") \(node.name)")
  }

  /// rmem_cma_setup and cma_init_reserved_mem; nil for a pool that was made.
  private mutating func makePool(
    _ node: EarlyMemory.Node, _ range: PhysicalRange
  ) -> RegionRefusal? {
    guard facts.hasPools else { return .noPools }
    if argument != nil, node.isDefault, rules.overriddenDefault == .whenSetUp {
      log.say("Reserved memory: bypass \(node.name) node, using cmdline CMA params instead")
      return .overridden
    }
    guard node.isPool else { return node.isReusable ? .reusableAndNoMap : .notReusable }
    let align = facts.poolAlignment
    guard (range.start.value | range.size.bytes) & (align - 1) == 0 else {
      log.say("Reserved memory: incorrect alignment of CMA region")
      return .misaligned(ByteCount(align))
    }
    guard !areas.isFull else {
      log.say("cma: Not enough slots for CMA reserved regions!")
      log.say("Reserved memory: unable to setup CMA region")
      return .noArea(areas.slots)
    }
    guard memblock.isReserved(range.start.value, size: range.size.bytes) else {
      log.say("Reserved memory: unable to setup CMA region")
      return .notReserved
    }
    areas.add(node, range)
    if rules.poolAnnouncement == .whenMade {
      machine.announcePool(node.name, at: range.start.value, size: range.size.bytes)
    }
    return nil
  }

  /// A static region that is set up with the tree was left out of the kernel's mapping before; what is
  /// given back of it is used all the same (memblock_clear_nomap).
  private mutating func warnOfUnmapped(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    guard rules.regionOrder == .staticFirst, node.isNoMap, case .fixed = node.placement else {
      return
    }
    let isRAM = memblock.memory.contains { region in
      !region.isNoMap && region.start <= range.last.value && range.start.value < region.end
    }
    if isRAM { log.warn(.unmappedMemory, of: node.name, at: range, covering: "itself") }
  }

  private mutating func giveBack(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    let start = range.start.value
    memblock.freeRegion(start, size: range.size.bytes, isNoMap: node.isNoMap, rules)
    let others = log.drop(node.name, at: start)
    warnOfUnmapped(node, range)
    // Where it is only marked, nothing else loses its reservation.
    if node.isNoMap, rules.dynamicNoMap == .marked { return }
    if others.contains(where: { $0.range.overlaps(range) }) { log.warn(.othersGivenAway) }
  }
}
