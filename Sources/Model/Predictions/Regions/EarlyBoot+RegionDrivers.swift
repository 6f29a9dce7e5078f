// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What becomes of a region once it has a place: the driver that takes it, or none.
extension EarlyBoot {
  /// __reserved_mem_init_node: the driver's part, and what happens where it refuses.
  @discardableResult
  mutating func setUp(
    _ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64
  ) -> Bool {
    guard let range = PhysicalRange(at: start, bytes: size) else { return false }
    // fdt_reserved_mem_save_node; up to 6.11 they are counted when they are reserved.
    if rules.regionOrder == .staticFirst, rules.regionArray == .fixed,
      savedRegions.count >= Self.maximumRegionCount
    {
      say("OF: reserved mem: not enough space for all defined regions.")
      setOutcome(of: node, .refused("more than \(Self.maximumRegionCount) regions"))
      return false
    }
    let isSetUp = setUp(node, range)
    if isSetUp || rules.keepsRefusedRegions {
      savedRegions.append(SavedRegion(node: node, start: start, size: size))
    }
    return isSetUp
  }

  private mutating func setUp(_ node: EarlyMemory.Node, _ range: PhysicalRange) -> Bool {
    let (start, size) = (range.start.value, range.size.bytes)
    guard node.isSharedPool, facts.hasPools || facts.hasCoherentPools else {
      setOutcomeUnlessRefused(node, node.isNoMap ? .carveOut(range) : .reserved(range))
      sayPlace(node, range)
      return true
    }
    if let refusal = makePool(node, range) {
      // The DMA API's own driver takes what is not reusable, and only that.
      if facts.hasCoherentPools, !node.isReusable, coherentPoolsAreUnmapped, !node.isNoMap {
        say("Reserved memory: regions without no-map are not yet supported")
      } else if facts.hasCoherentPools, !node.isReusable {
        say(
          "Reserved memory: created DMA memory pool at \(padded(start)), "
            + "size \(mebibytes(size)) MiB")
        say("OF: reserved mem: initialized node \(node.name), compatible id shared-dma-pool")
        sayPlace(node, range)
        setOutcome(of: node, .coherentPool(range))
        return true
      }
      if refusal.isNotMine, !rules.lackOfDriverRefuses {
        // -ENODEV.
        setOutcomeUnlessRefused(node, node.isNoMap ? .carveOut(range) : .reserved(range))
        sayPlace(node, range)
        return true
      }
      say("OF: reserved mem: node \(node.name) compatible matching fail")
      giveBack(node, start, size)
      setOutcome(of: node, .refused(refusal.reason))
      return false
    }
    say(
      "Reserved memory: created CMA memory pool at \(padded(start)), size \(mebibytes(size)) MiB")
    say("OF: reserved mem: initialized node \(node.name), compatible id shared-dma-pool")
    sayPlace(node, range)
    setOutcome(of: node, .pool(range))
    return true
  }

  /// fdt_init_reserved_mem_node.
  private mutating func sayPlace(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    guard rules.printsPlaces else { return }
    say(
      "OF: reserved mem: \(padded(range.start.value))..\(padded(range.last.value)) "
        + "(\(range.size.bytes >> 10) KiB) \(node.isNoMap ? "nomap" : "map") "
        + "\(node.isReusable ? "reusable" : "non-reusable") \(node.name)")
  }

  /// A node that was refused its memory before stays refused.
  private mutating func setOutcomeUnlessRefused(
    _ node: EarlyMemory.Node, _ outcome: Prediction.Region.Outcome
  ) {
    if let known = prediction.regions.first(where: { $0.name == node.name }),
      case .refused = known.outcome
    {
      return
    }
    setOutcome(of: node, outcome)
  }

  private struct Refusal {
    let reason: String
    var isNotMine = false
  }

  /// rmem_cma_setup and cma_init_reserved_mem; nil for a pool that was made.
  private mutating func makePool(
    _ node: EarlyMemory.Node, _ range: PhysicalRange
  ) -> Refusal? {
    guard facts.hasPools else { return Refusal(reason: "the kernel has no CMA", isNotMine: true) }
    if argument != nil, node.isDefault, !rules.validatesFirst {
      say(
        "Reserved memory: bypass \(node.name) node, using cmdline CMA params instead")
      return Refusal(reason: "cma= on the command line goes before it")
    }
    guard node.isPool else {
      return Refusal(
        reason: node.isReusable
          ? "reusable and no-map exclude each other" : "it is not reusable",
        isNotMine: true)
    }
    let align = facts.poolAlignment
    guard (range.start.value | range.size.bytes) & (align - 1) == 0 else {
      say("Reserved memory: incorrect alignment of CMA region")
      return Refusal(
        reason: "its base and size are no multiples of \(ByteCount(align))")
    }
    guard areas.count < facts.areaSlots else {
      say("cma: Not enough slots for CMA reserved regions!")
      say("Reserved memory: unable to setup CMA region")
      return Refusal(reason: "all \(facts.areaSlots) areas are taken")
    }
    guard memblock.isReserved(range.start.value, size: range.size.bytes) else {
      say("Reserved memory: unable to setup CMA region")
      return Refusal(reason: "its memory is not reserved any more")
    }
    addArea(node.name, range.start.value, range.size.bytes, isDefault: node.isDefault)
    if node.isDefault { hasDefaultArea = true }
    return nil
  }

  private mutating func giveBack(_ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64) {
    if rules.dynamicNoMap == .removed {
      memblock.free(start, size: size)
      if node.isNoMap { memblock.add(start, size: size) }
    } else if node.isNoMap {
      memblock.setNoMap(false, start, size: size)
    } else {
      memblock.free(start, size: size)
    }
    prediction.reservations.removeAll {
      $0.owner == "region \(node.name)" && $0.range.start.value == start
    }
    let given = PhysicalRange(at: start, bytes: size)
    if let given, !node.isNoMap || rules.dynamicNoMap == .removed,
      prediction.reservations.contains(where: { $0.range.overlaps(given) }),
      !prediction.hazards.contains(.othersGivenAway)
    {
      prediction.hazards.append(.othersGivenAway)
    }
  }
}
