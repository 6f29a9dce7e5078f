// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The CMA areas, in the order in which they are made (mm/cma.c, cma_areas).
struct CMAAreaTable {
  private(set) var pools: [Prediction.Pool] = []
  /// MAX_CMA_AREAS.
  let slots: Int

  init(slots: Int) {
    self.slots = slots
  }

  var isFull: Bool { pools.count >= slots }

  /// Whether there is a pool for devices without one of their own (dma_contiguous_default_area).
  var hasDefault: Bool { pools.contains { $0.isDefault } }

  /// Whether a region is that pool.
  var hasDefaultRegion: Bool { pools.contains { $0.isDefault && !$0.isPlacedByKernel } }

  /// cma_init_reserved_mem's part that cannot fail any more.
  mutating func add(_ node: EarlyMemory.Node, _ range: PhysicalRange) {
    pools.append(.init(name: node.name, range: range, isDefault: node.isDefault, isActive: true))
  }

  /// The same for the pool that the kernel places itself (kernel/dma/contiguous.c,
  /// dma_contiguous_reserve_area).
  mutating func addDefault(_ range: PhysicalRange, saying message: String) {
    pools.append(
      .init(
        name: "reserved", range: range, isDefault: true, isActive: true, isPlacedByKernel: true,
        message: message))
  }

  /// cma_activate_area: an area lies in one zone.
  ///
  /// - Parameter borders: addresses at which one zone ends and another begins.
  /// - Returns: the names of those that are given up.
  mutating func deactivate(across borders: [UInt64]) -> [String] {
    var names: [String] = []
    for index in pools.indices {
      let range = pools[index].range
      guard borders.contains(where: { range.start.value < $0 && $0 <= range.last.value }) else {
        continue
      }
      pools[index].isActive = false
      names.append(pools[index].name)
    }
    return names
  }

  /// CmaTotal (totalcma_pages).
  func bytes(countingInactive: Bool) -> UInt64 {
    pools.reduce(0) { $0 + ($1.isActive || countingInactive ? $1.range.size.bytes : 0) }
  }

  /// The bytes below an address of what is given up.
  func inactiveBytes(below end: UInt64) -> UInt64 {
    pools.filter { !$0.isActive && $0.range.start.value < end }.reduce(0) {
      $0 + min($1.range.size.bytes, end - $1.range.start.value)
    }
  }

  /// The bytes of what is active and ends below an address.
  func activeBytes(below end: UInt64) -> UInt64 {
    pools.reduce(0) {
      $0 + ($1.isActive && $1.range.last.value < end ? $1.range.size.bytes : 0)
    }
  }
}
