// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What follows once the pools are placed.
extension EarlyBoot {
  /// More regions than the first arrays of memblock hold make it allocate new ones
  /// (memblock_double_array), which is not modelled.
  private static var regionCountLimit: Int { 120 }

  mutating func finish() {
    activateAreas()
    findHazards()
    // PFN_UP of a range that begins in the last page.
    let wraps = memblock.freeRanges.contains {
      ($0.start + facts.pageSize - 1) & facts.highestAddress < $0.start
    }
    if wraps { fail(.allMemoryFreed) }
    prediction.pools = areas
    // CmaTotal counts what is active (mm/cma.c, totalcma_pages).
    let total = areas.reduce(0) {
      $0 + ($1.isActive || rules.countsInactiveAreas ? $1.range.size.bytes : 0)
    }
    prediction.totalBytes = ByteCount(total)
    let holes = memblock.freeRanges
    prediction.holes = holes.compactMap {
      PhysicalRange(at: $0.start, bytes: $0.size)
    }
    prediction.freeBytes = ByteCount(holes.reduce(0) { $0 + $1.size })
    findBlocker()
    judgeSurvival()
    if memblock.reserved.count > Self.regionCountLimit
      || memblock.memory.count > Self.regionCountLimit
    {
      unknown.append("there are more ranges than memblock's first arrays hold")
    }
    if !unknown.isEmpty { prediction.unknown = unknown.joined(separator: "; ") }
  }

  /// cma_activate_area: an area lies in one zone.
  private mutating func activateAreas() {
    let borders = zoneBorders
    for index in areas.indices {
      let range = areas[index].range
      guard borders.contains(where: { range.start.value < $0 && $0 <= range.last.value }) else {
        continue
      }
      areas[index].isActive = false
      say("cma: CMA area \(areas[index].name) could not be activated")
    }
  }

  /// What the kernel does not look at when it makes a pool of a static region.
  private mutating func findHazards() {
    func add(_ hazard: Prediction.Hazard) {
      if !prediction.hazards.contains(hazard) { prediction.hazards.append(hazard) }
    }
    let kernel = reservedKernelStart
    let kernelEnd = input.kernel.value + facts.image.size
    for (index, area) in areas.enumerated() {
      let (start, end) = (area.range.start.value, area.range.last.value + 1)
      if !memblock.isMemory(start, size: end - start) { add(.poolOutsideMemory) }
      if start < kernelEnd, kernel < end { add(.poolOverKernel) }
      if area.range.overlaps(input.deviceTree)
        || input.initramfs.map(area.range.overlaps) ?? false
      {
        add(.poolOverBootData)
      }
      if areas[..<index].contains(where: { $0.range.overlaps(area.range) }) { add(.poolsOverlap) }
    }
    // What boot takes later may lie in a pool that was placed over a reservation.
    let others = prediction.reservations.filter { reservation in
      areas.contains { $0.range.overlaps(reservation.range) && $0.range != reservation.range }
    }
    if !others.isEmpty, !prediction.hazards.contains(.poolOverBootData) { add(.poolsOverlap) }
  }

  /// The owner of what lies right below the default pool, or above it.
  private mutating func findBlocker() {
    guard let pool = areas.first(where: { $0.isDefault }) else { return }
    let start = pool.range.start.value
    // What is not mapped is no reservation on every line: some mark it, some take it out of RAM.
    let carveOuts = prediction.regions.compactMap { region -> Prediction.Reservation? in
      guard case .carveOut(let range) = region.outcome else { return nil }
      return Prediction.Reservation(owner: "region \(region.name)", range: range)
    }
    // What is taken later was in nobody's way.
    let earlier = prediction.reservations.prefix { $0.owner != Self.defaultPoolOwner }
    let below = (earlier + carveOuts)
      .filter { $0.range.last.value < start }
      .max { $0.range.last < $1.range.last }
    let bank = memblock.memory.last { $0.start <= start }
    // The search goes from one side of a border to the other.
    let border = highMemoryStart
    if border <= start, border < memblock.endOfMemory,
      border > max(bank?.start ?? 0, below?.range.last.value ?? 0)
    {
      prediction.blocker = "the end of lowmem"
    } else if let below, below.range.last.value + 1 >= bank?.start ?? 0 {
      prediction.blocker = below.owner
    } else if bank != nil {
      prediction.blocker = "the start of the bank"
    }
  }
}
