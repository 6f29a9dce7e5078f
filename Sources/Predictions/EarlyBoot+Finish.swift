// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What follows once the pools are placed.
extension EarlyBoot {
  /// More regions than the first arrays of memblock hold make it allocate new ones
  /// (memblock_double_array), which is not modelled.
  private static var regionCountLimit: Int { 120 }

  mutating func finish() {
    activateAreas()
    findFatalities()
    prediction.pools = areas
    // CmaTotal counts what is active (mm/cma.c, totalcma_pages).
    let total = areas.reduce(0) {
      $0 + ($1.isActive || profile.countsInactiveAreas ? $1.range.size.bytes : 0)
    }
    prediction.totalBytes = ByteCount(total)
    let holes = memblock.freeRanges
    prediction.holes = holes.compactMap {
      PhysicalRange(start: PhysicalAddress($0.start), size: ByteCount($0.size))
    }
    prediction.freeBytes = ByteCount(holes.reduce(0) { $0 + $1.size })
    findBlocker()
    if memblock.reserved.count > Self.regionCountLimit
      || memblock.memory.count > Self.regionCountLimit
    {
      unknown.append("there are more ranges than memblock's first arrays hold")
    }
    if !unknown.isEmpty { prediction.unknown = unknown.joined(separator: "; ") }
  }

  /// cma_activate_area: an area lies in one zone (arch/arm64/mm/init.c, zone_sizes_init).
  private mutating func activateAreas() {
    let fourGiB: UInt64 = 1 << 32
    var borders: [UInt64] = []
    if facts.hasDMAZone { borders.append(dmaLimit) }
    if facts.hasDMA32Zone { borders.append(min(fourGiB, memblock.endOfMemory)) }
    for index in areas.indices {
      let range = areas[index].range
      guard borders.contains(where: { range.start.value < $0 && $0 <= range.last.value }) else {
        continue
      }
      areas[index].isActive = false
      say("cma: CMA area \(areas[index].name) could not be activated")
    }
  }

  private mutating func findFatalities() {
    let kernel = input.kernel.value + (profile.reservesFromStext ? facts.image.textStart : 0)
    let kernelEnd = input.kernel.value + facts.image.size
    for area in areas {
      let (start, end) = (area.range.start.value, area.range.last.value + 1)
      if !memblock.isMemory(start, size: end - start) { fail(.poolOutsideMemory) }
      if start < kernelEnd, kernel < end { fail(.poolOverKernel) }
    }
  }

  /// The owner of what lies right below the default pool, or above it.
  private mutating func findBlocker() {
    guard let pool = areas.first(where: { $0.isDefault }) else { return }
    let start = pool.range.start.value
    let below = prediction.reservations
      .filter { $0.range.last.value < start && $0.owner != "default pool" }
      .max { $0.range.last < $1.range.last }
    let bank = memblock.memory.last { $0.start <= start }
    if let below, below.range.last.value >= bank?.start ?? 0 {
      prediction.blocker = below.owner
    } else if bank != nil {
      prediction.blocker = "the start of the bank"
    }
  }
}
