// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What follows once the pools are placed.
extension EarlyBoot {
  /// More regions than the first arrays of memblock hold make it allocate new ones
  /// (memblock_double_array), which is not modelled.
  private static var regionCountLimit: Int { 120 }

  mutating func finish() {
    // Where RAM ends, its last zone does: nothing is behind it that a pool could reach into.
    let borders = machine.zoneBorders(memblock).filter {
      memblock.startOfMemory < $0 && $0 < memblock.endOfMemory
    }
    for name in areas.deactivate(across: borders) {
      log.say("cma: CMA area \(name) could not be activated")
    }
    findHazards()
    let holes = memblock.freeRanges
    // PFN_UP of a range that begins in the last page.
    if holes.contains(where: { wraps($0.start) }) { log.fail(.allMemoryFreed) }
    log.finish(areas, countingInactive: rules.countsInactiveAreas)
    log.finish(holes: holes)
    if let blocker { log.block(blocker) }
    judgeSurvival()
    if max(memblock.reserved.count, memblock.memory.count) > Self.regionCountLimit {
      log.cannotPredict("there are more ranges than memblock's first arrays hold")
    }
  }

  private func wraps(_ start: UInt64) -> Bool {
    (start + facts.pageSize - 1) & facts.highestAddress < start
  }

  /// Whether the guest lives with what its pools leave.
  private mutating func judgeSurvival() {
    guard let estimate = machine.survival(memblock, areas) else { return log.fail(.noMemoryMap) }
    switch estimate.outcome {
    case .dies: log.fail(.outOfMemory)
    case .mayDie: log.warn(.littleMemory)
    case .lives:
      // Neither dead nor alive by what was measured on other kernels.
      if !facts.needsAreMeasured, estimate.free < KernelFacts.cautiousRoom.bytes {
        log.warn(.littleMemory)
      }
    }
  }

  /// What the kernel does not look at when it makes a pool of a static region.
  private mutating func findHazards() {
    let kernel = machine.reservedKernelStart
    let kernelEnd = input.kernel.value + facts.image.size
    let mapped = memblock.memory.filter { !$0.isNoMap }.compactMap {
      PhysicalRange(at: $0.start, bytes: $0.size)
    }
    for (index, area) in areas.pools.enumerated() {
      let (start, end) = (area.range.start.value, area.range.last.value + 1)
      let missing = area.range.subtracting(mapped)
      // cma_activate_area warns of a page that is not valid.
      if !memblock.isMemory(start, size: end - start)
        || rules.unmappedPagesAreInvalid && !missing.isEmpty
      {
        let names = missing.map(\.description).joined(separator: ", ")
        log.warn(
          .poolOutsideMemory, of: area, covering: missing == [area.range] ? nil : names)
      }
      if start < kernelEnd, kernel < end {
        log.warn(.poolOverKernel, of: area, covering: "\(Owner.kernel)")
      }
      let bootData: [(Owner, PhysicalRange?)] = [
        (.deviceTree, input.deviceTree), (.initramfs, input.initramfs),
      ]
      for (owner, range) in bootData where range.map(area.range.overlaps) == true {
        log.warn(.poolOverBootData, of: area, covering: "\(owner)")
      }
      for other in areas.pools[..<index] where other.range.overlaps(area.range) {
        log.warn(.poolsOverlap, of: area, covering: other.name)
      }
    }
    findUnmapped(in: mapped, kernel: PhysicalRange(at: kernel, bytes: kernelEnd - kernel))
    guard !log.prediction.hazards.contains(.poolOverBootData) else { return }
    // What boot takes later may lie in a pool that was placed over a reservation.
    for reservation in log.prediction.reservations {
      for pool in areas.pools
      where pool.range.overlaps(reservation.range) && pool.range != reservation.range {
        log.warn(.poolsOverlap, of: pool, covering: "\(reservation.owner)")
      }
    }
  }

  /// What is read through the kernel's mapping, and lies in a static no-map region that the kernel took
  /// although it is in use.
  private mutating func findUnmapped(in mapped: [PhysicalRange], kernel: PhysicalRange?) {
    let used: [(Owner, PhysicalRange?)] = [(.kernel, kernel), (.initramfs, input.initramfs)]
    for node in input.reservedMemory?.nodes ?? [] where node.isNoMap {
      guard case .fixed(let entries) = node.placement else { continue }
      for entry in entries {
        guard let region = PhysicalRange(at: entry.start, bytes: entry.size) else { continue }
        for case (let owner, let range?) in used
        where range.overlaps(region) && !range.subtracting(mapped).isEmpty {
          log.warn(.unmappedMemory, of: node.name, at: region, covering: "the \(owner)")
        }
      }
    }
  }

  /// `alloc-ranges` of the node whose pool it is.
  private func windows(of pool: String) -> [PhysicalRange] {
    let node = input.reservedMemory?.nodes.first { $0.name == pool }
    guard case .dynamic(_, _, let within) = node?.placement else { return [] }
    return (within ?? []).compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
  }

  /// What lies right below the default pool, or above it.
  private var blocker: PoolBlocker? {
    guard let pool = areas.pools.first(where: { $0.isDefault }) else { return nil }
    let start = pool.range.start.value
    if windows(of: pool.name).contains(where: { $0.start == pool.range.start }) {
      return .startOfWindow
    }
    // What is not mapped is no reservation on every line: some mark it, some take it out of RAM.
    let carveOuts = log.prediction.regions.compactMap { region -> Prediction.Reservation? in
      guard case .carveOut(let range) = region.outcome else { return nil }
      return Prediction.Reservation(owner: .region(region.name), range: range)
    }
    // What is taken later was in nobody's way, and so is a region where there is no RAM.
    let earlier = log.prediction.reservations.prefix {
      $0.owner != .defaultPool && $0.owner != .region(pool.name)
    }
    let below = (earlier + carveOuts)
      .filter { taken in
        taken.range.last.value < start && input.banks.contains { $0.overlaps(taken.range) }
      }
      .max { $0.range.last < $1.range.last }
    let bank = memblock.memory.last { $0.start <= start }
    // The search goes from one side of a border to the other.
    let border = machine.highMemoryStart(memblock)
    if border <= start, border < memblock.endOfMemory,
      border > max(bank?.start ?? 0, below?.range.last.value ?? 0)
    {
      return .endOfLowMemory
    }
    if let below, below.range.last.value + 1 >= bank?.start ?? 0 {
      return .reservation(below.owner)
    }
    return bank == nil ? nil : .startOfBank
  }
}
