// SPDX-License-Identifier: Apache-2.0
import Quantities

/// /reserved-memory and `/memreserve/` (drivers/of/fdt.c, drivers/of/of_reserved_mem.c).
extension EarlyBoot {
  /// MAX_RESERVED_REGIONS.
  private static var maximumRegionCount: Int { 64 }

  private var nodes: [EarlyMemory.Node] {
    guard let reserved = input.reservedMemory, reserved.isSupported else { return [] }
    return reserved.nodes
  }

  /// early_init_fdt_scan_reserved_mem.
  mutating func scanReservedMemory() {
    if profile.memreserveFirst { reserveEntries() }
    if let reserved = input.reservedMemory {
      if reserved.isSupported {
        switch profile.regionOrder {
        case .sorted: scanSorted()
        case .staticFirst: scanStaticFirst()
        }
      } else {
        let prefix = profile.regionOrder == .sorted ? "OF: fdt" : "OF: reserved mem"
        say("\(prefix): Reserved memory: unsupported node format, ignoring")
        for node in reserved.nodes {
          setOutcome(of: node, .refused("the whole of /reserved-memory is ignored"))
        }
      }
    }
    if !profile.memreserveFirst { reserveEntries() }
  }

  private mutating func reserveEntries() {
    for entry in input.memoryReservations {
      reserve(entry.start.value, entry.size.bytes, "/memreserve/")
    }
  }

  private mutating func setOutcome(
    of node: EarlyMemory.Node, _ outcome: Prediction.Region.Outcome
  ) {
    if let index = prediction.regions.firstIndex(where: { $0.name == node.name }) {
      prediction.regions[index].outcome = outcome
    } else {
      prediction.regions.append(.init(name: node.name, outcome: outcome))
    }
  }

  private static func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange? {
    PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
  }

  // MARK: Up to 6.11

  struct SavedRegion: Hashable {
    let node: EarlyMemory.Node
    var start: UInt64
    var size: UInt64
  }

  /// fdt_scan_reserved_mem and fdt_init_reserved_mem.
  private mutating func scanSorted() {
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
    sortLikeTheKernel(&saved)
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

  /// Regions that overlap, once they all have a place.
  private mutating func sayOverlapsOfPlaced() {
    guard savedRegions.count > 1 else { return }
    let order = Dictionary(
      nodes.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var sorted = savedRegions
    if profile.ordersEqualRegions {
      sorted.sort {
        ($0.start, $0.size, order[$0.node.name] ?? 0)
          < ($1.start, $1.size, order[$1.node.name] ?? 0)
      }
    } else {
      sortTwoAtATime(&sorted)
    }
    sayOverlaps(sorted)
  }

  /// lib/sort.c, sort_r, by address and size: a heap sort, which leaves equals in another order,
  /// and the regions without a place are all equal.
  private func sortLikeTheKernel(_ list: inout [SavedRegion]) {
    guard list.count >= 2 else { return }
    func order(_ left: Int, _ right: Int) -> Int {
      let (a, b) = (list[left], list[right])
      if a.start != b.start { return a.start < b.start ? -1 : 1 }
      if a.size != b.size { return a.size < b.size ? -1 : 1 }
      return 0
    }
    var end = list.count
    var root = end / 2
    while true {
      if root > 0 {
        root -= 1
      } else {
        end -= 1
        if end == 0 { return }
        list.swapAt(0, end)
      }
      var leaf = root
      var left = 2 * leaf + 1
      while left + 1 < end {
        leaf = order(left, left + 1) >= 0 ? left : left + 1
        left = 2 * leaf + 1
      }
      if left + 1 == end { leaf = left }
      while leaf != root, order(root, leaf) >= 0 { leaf = (leaf - 1) / 2 }
      let target = leaf
      while leaf != root {
        leaf = (leaf - 1) / 2
        list.swapAt(leaf, target)
      }
    }
  }

  /// The same function since 6.11, which takes the two largest at a time.
  private func sortTwoAtATime(_ list: inout [SavedRegion]) {
    guard list.count >= 2 else { return }
    func order(_ left: Int, _ right: Int) -> Int {
      let (a, b) = (list[left], list[right])
      if a.start != b.start { return a.start < b.start ? -1 : 1 }
      if a.size != b.size { return a.size < b.size ? -1 : 1 }
      return 0
    }
    var end = list.count
    var root = end / 2
    var shift = 0
    while true {
      if root > 0 {
        root -= 1 << shift
      } else if end > 3 {
        end -= 1
        list.swapAt(0, end)
        shift = order(1, 2) <= 0 ? 1 : 0
        root = 1 << shift
        end -= 1
        list.swapAt(root, end)
      } else {
        break
      }
      var leaf = root
      var left = 2 * leaf + 1
      while left + 1 < end {
        leaf = order(left, left + 1) > 0 ? left : left + 1
        left = 2 * leaf + 1
      }
      if left + 1 == end { leaf = left }
      while leaf != root, order(root, leaf) >= 0 { leaf = (leaf - 1) / 2 }
      let target = leaf
      while leaf != root {
        leaf = (leaf - 1) / 2
        list.swapAt(leaf, target)
      }
    }
    end -= 1
    list.swapAt(0, end)
    if end == 2, order(0, 1) > 0 { list.swapAt(0, 1) }
  }

  /// __rmem_check_for_overlap.
  private mutating func sayOverlaps(_ sorted: [SavedRegion]) {
    guard sorted.count >= 2 else { return }
    for (this, next) in zip(sorted, sorted.dropFirst()) where this.start &+ this.size > next.start {
      say("OF: reserved mem: OVERLAP DETECTED!")
      say(
        "\(this.node.name) (\(Self.padded(this.start))--\(Self.padded(this.start &+ this.size))) "
          + "overlaps with \(next.node.name) "
          + "(\(Self.padded(next.start))--\(Self.padded(next.start &+ next.size)))")
    }
  }

  // MARK: Since 6.12

  /// fdt_scan_reserved_mem: static regions are reserved, dynamic ones placed and set up.
  private mutating func scanStaticFirst() {
    var dynamic: [EarlyMemory.Node] = []
    for node in nodes {
      switch node.placement {
      case .fixed(let entries):
        guard let first = entries.first else {
          setOutcome(of: node, .refused("its reg is empty"))
          continue
        }
        if profile.validatesRegionsFirst {
          if entries.count > 1 {
            say(
              "OF: reserved mem: Reserved memory: node '\(node.name)' has \(entries.count) "
                + "<base size> entries, only the first is used")
          }
          guard validates(node) else { continue }
          reserveStatic(node, first)
          allocatedRegionCount += 1
        } else {
          for entry in entries { reserveStatic(node, entry) }
        }
      case .malformedFixed:
        sayMalformedRegister(node)
      case .nowhere:
        setOutcome(of: node, .refused("it has neither reg nor size"))
      case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
        dynamic.append(node)
      }
    }
    for node in dynamic {
      if profile.validatesRegionsFirst, case .dynamic = node.placement {
        guard validates(node) else { continue }
      }
      guard let (start, size) = placeDynamic(node) else { continue }
      allocatedRegionCount += 1
      if setUp(node, start, size) || !profile.validatesRegionsFirst {
        placedRegions.append((start, size))
      }
    }
  }

  /// The first half of fdt_validate_reserved_mem_node: a default pool that `cma=` goes before is
  /// left alone, its memory included.
  private mutating func validates(_ node: EarlyMemory.Node) -> Bool {
    guard facts.hasPools, node.isPool, node.isDefault, argument != nil else { return true }
    say("Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.")
    setOutcome(of: node, .refused("cma= on the command line goes before it"))
    return false
  }

  /// fdt_scan_reserved_mem_reg_nodes of 6.12, fdt_scan_reserved_mem_late of 7.2.
  mutating func setUpStaticRegions() {
    guard let reserved = input.reservedMemory else {
      say("OF: reserved mem: Reserved memory: No reserved-memory node in the DT")
      return
    }
    guard reserved.isSupported else {
      say("OF: reserved mem: Reserved memory: unsupported node format, ignoring")
      return
    }
    if profile.reservedMemBytes > 0, allocatedRegionCount > 0 {
      take(
        UInt64(allocatedRegionCount) * profile.reservedMemBytes, align: 64, "region array")
    }
    for node in nodes {
      guard case .fixed(let entries) = node.placement, let first = entries.first, first.size > 0
      else { continue }
      if profile.validatesRegionsFirst {
        guard validates(node) else { continue }
      } else if entries.count > 1 {
        say(
          "OF: reserved mem: fdt_scan_reserved_mem_reg_nodes() ignores \(entries.count - 1) "
            + "regions in node '\(node.name)'")
      }
      setUp(node, first.start, first.size)
    }
    sayOverlapsOfPlaced()
  }

  // MARK: One region

  private mutating func sayMalformedRegister(_ node: EarlyMemory.Node) {
    let prefix = profile.regionOrder == .sorted ? "OF: fdt" : "OF: reserved mem"
    // 7.2 takes such a reg for none (of_flat_dt_get_addr_size_prop).
    if !profile.validatesRegionsFirst {
      say("\(prefix): Reserved memory: invalid reg property in '\(node.name)', skipping node.")
    }
    setOutcome(of: node, .refused("its reg is no whole number of entries"))
  }

  /// early_init_dt_reserve_memory.
  private mutating func reserveStatic(_ node: EarlyMemory.Node, _ entry: EarlyMemory.Entry) {
    let (start, size) = (entry.start, entry.size)
    var isReserved = size > 0
    if size > 0, node.isNoMap {
      let isTaken = memblock.isReserved(start, size: size)
      if isTaken, !profile.noMapOutsideMemory || memblock.overlapsMemory(start, size: size) {
        isReserved = false
      } else {
        memblock.setNoMap(true, start, size: size)
      }
    } else if size > 0 {
      memblock.reserve(start, size: size)
    }
    if isReserved {
      note(start, size, "region \(node.name)")
      if let range = Self.range(start, size) {
        setOutcome(of: node, node.isNoMap ? .carveOut(range) : .reserved(range))
      }
    } else {
      let prefix = profile.regionOrder == .sorted ? "OF: fdt" : "OF: reserved mem"
      say(
        "\(prefix): Reserved memory: failed to reserve memory for node '\(node.name)': base "
          + "\(Self.padded(start)), size \(size >> 20) MiB")
      setOutcome(of: node, .refused(size == 0 ? "its size is 0" : "a part of it is taken"))
    }
  }

  /// __reserved_mem_alloc_size.
  private mutating func placeDynamic(
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
    case .malformedRanges(let size, let alignment) where profile.validatesRegionsFirst:
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
        profile.removesDynamicNoMap
          ? "\(prefix) \(words)" : "\(prefix) \(words): size \(size >> 20) MiB")
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
      let end = range.start &+ range.size
      let direction = profile.growsAlongRegions ? side(range.start, end) : .topDown
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
    if node.isNoMap, profile.removesDynamicNoMap {
      memblock.remove(found, size: size)
    } else {
      memblock.reserve(found, size: size)
      if node.isNoMap { memblock.setNoMap(true, found, size: size) }
    }
    return found
  }

  /// __reserved_mem_init_node: the driver's part, and what happens where it refuses.
  @discardableResult
  private mutating func setUp(
    _ node: EarlyMemory.Node, _ start: UInt64, _ size: UInt64
  ) -> Bool {
    guard let range = Self.range(start, size) else { return false }
    // fdt_reserved_mem_save_node of 6.12; 7.2 has room for all static ones.
    if profile.regionOrder == .staticFirst, !profile.validatesRegionsFirst,
      savedRegions.count >= Self.maximumRegionCount
    {
      say("OF: reserved mem: not enough space for all defined regions.")
      setOutcome(of: node, .refused("more than \(Self.maximumRegionCount) regions"))
      return false
    }
    let isSetUp = setUp(node, range)
    // 6.12 keeps a region in its list that no driver takes, 7.2 does not.
    if isSetUp || !profile.validatesRegionsFirst {
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
      if facts.hasCoherentPools, !node.isReusable {
        say(
          "Reserved memory: created DMA memory pool at \(Self.padded(start)), "
            + "size \(size >> 20) MiB")
        say("OF: reserved mem: initialized node \(node.name), compatible id shared-dma-pool")
        sayPlace(node, range)
        setOutcome(of: node, .coherentPool(range))
        return true
      }
      if profile.validatesRegionsFirst, refusal.isNotMine {
        // No driver is no refusal (-ENODEV).
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
      "Reserved memory: created CMA memory pool at \(Self.padded(start)), size \(size >> 20) MiB")
    say("OF: reserved mem: initialized node \(node.name), compatible id shared-dma-pool")
    sayPlace(node, range)
    setOutcome(of: node, .pool(range))
    return true
  }

  /// fdt_init_reserved_mem_node, since 6.12.
  private mutating func sayPlace(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    guard profile.regionOrder == .staticFirst else { return }
    say(
      "OF: reserved mem: \(Self.padded(range.start.value))..\(Self.padded(range.last.value)) "
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
    if argument != nil, node.isDefault, !profile.validatesRegionsFirst {
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
    if profile.removesDynamicNoMap {
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
    let given = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
    if let given, !node.isNoMap || profile.removesDynamicNoMap,
      prediction.reservations.contains(where: { $0.range.overlaps(given) }),
      !prediction.hazards.contains(.othersGivenAway)
    {
      prediction.hazards.append(.othersGivenAway)
    }
  }
}
