// SPDX-License-Identifier: Apache-2.0

/// How memory of a child of /reserved-memory is taken and given back.
extension Memblock {
  /// A part of memory that is searched from one side.
  struct Place: Hashable {
    let start: UInt64
    let end: UInt64
    let direction: Direction

    static let anywhere = Place(start: 0, end: .max, direction: .topDown)
  }

  /// early_init_dt_reserve_memory, early_init_dt_reserve_memory_arch before 6.2.
  ///
  /// - Returns: whether it was reserved.
  mutating func reserveRegion(
    _ start: UInt64, size: UInt64, isNoMap: Bool, _ rules: KernelRules
  ) -> Bool {
    guard size > 0 else { return false }
    guard isNoMap else {
      reserve(start, size: size)
      return true
    }
    switch rules.staticNoMap {
    case .removed:
      remove(start, size: size)
      return true
    case .markedUnlessReserved:
      if isReserved(start, size: size) { return false }
    case .markedUnlessReservedRAM:
      if isReserved(start, size: size), overlapsMemory(start, size: size) { return false }
    case .marked:
      break
    }
    setNoMap(true, start, size: size)
    return true
  }

  /// early_init_dt_alloc_reserved_memory_arch.
  mutating func allocateRegion(
    size: UInt64, align: UInt64, in place: Place, isNoMap: Bool, _ rules: KernelRules
  ) -> UInt64? {
    guard
      let start = find(
        size: size, align: align, from: place.start, limit: place.end, place.direction)
    else { return nil }
    if isNoMap, rules.dynamicNoMap == .removed {
      remove(start, size: size)
    } else {
      reserve(start, size: size)
      if isNoMap { setNoMap(true, start, size: size) }
    }
    return start
  }

  /// __reserved_mem_init_node, where a driver refuses a region: its memory is given back.
  mutating func freeRegion(
    _ start: UInt64, size: UInt64, isNoMap: Bool, _ rules: KernelRules
  ) {
    if rules.dynamicNoMap == .removed {
      free(start, size: size)
      if isNoMap { add(start, size: size) }
    } else if isNoMap {
      setNoMap(false, start, size: size)
    } else {
      free(start, size: size)
    }
  }
}
