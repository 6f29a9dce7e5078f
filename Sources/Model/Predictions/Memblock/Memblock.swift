// SPDX-License-Identifier: Apache-2.0

// Linux's early memory, modelled: what is RAM, who takes which part of it in which order, and what
// then becomes of the CMA pools. Values in, values out; nothing here starts a process, reads a file
// or sees what a guest did.

/// The early allocator (mm/memblock.c): two sorted lists of disjoint ranges, RAM and what of it is
/// taken. Addresses are bytes, ranges half-open, all of them below 2^63.
package struct Memblock: Hashable, Sendable {
  /// `start ..< end`, never empty.
  package struct Region: Hashable, Sendable {
    package var start: UInt64
    package var end: UInt64
    /// MEMBLOCK_NOMAP: RAM that the kernel does not map and never allocates from.
    package var isNoMap: Bool

    package init(_ start: UInt64, _ end: UInt64, isNoMap: Bool = false) {
      self.start = start
      self.end = end
      self.isNoMap = isNoMap
    }

    package var size: UInt64 { end - start }
  }

  /// Which end of the free memory is taken first (memblock_set_bottom_up).
  package enum Direction: Hashable, Sendable {
    case topDown
    case bottomUp
  }

  /// PAGE_SIZE: the first page is never given away (memblock_find_in_range_node).
  package let pageSize: UInt64
  package private(set) var memory: [Region] = []
  package private(set) var reserved: [Region] = []
  /// The end of what may be allocated without a limit of its own (memblock.current_limit).
  var currentLimit: UInt64 = .max

  /// PHYS_ADDR_MAX. What ends behind it ends at it (memblock_cap_size), so that RAM up to 4 GiB lacks
  /// its last byte where a phys_addr_t has 32 bits.
  private let highestAddress: UInt64

  package init(pageSize: UInt64, highestAddress: UInt64 = .max) {
    self.pageSize = pageSize
    self.highestAddress = highestAddress
  }

  /// memblock_start_of_DRAM; 0 where there is no RAM.
  var startOfMemory: UInt64 { memory.first?.start ?? 0 }
  /// memblock_end_of_DRAM, regions that are not mapped included.
  package var endOfMemory: UInt64 { memory.last?.end ?? 0 }
  /// memblock_phys_mem_size.
  var memorySize: UInt64 { memory.reduce(0) { $0 + $1.size } }

  // MARK: The two lists

  /// memblock_add: overlaps do not change what is there already.
  package mutating func add(_ start: UInt64, size: UInt64) {
    Self.insert(start, capped(start, size), false, into: &memory)
  }

  /// memblock_remove.
  package mutating func remove(_ start: UInt64, size: UInt64) {
    Self.cut(start, capped(start, size), from: &memory)
  }

  /// memblock_reserve; what lies outside RAM is recorded all the same.
  package mutating func reserve(_ start: UInt64, size: UInt64) {
    Self.insert(start, capped(start, size), false, into: &reserved)
  }

  /// memblock_phys_free, memblock_free before 5.16.
  package mutating func free(_ start: UInt64, size: UInt64) {
    Self.cut(start, capped(start, size), from: &reserved)
  }

  /// memblock_mark_nomap and memblock_clear_nomap; outside RAM neither does anything.
  package mutating func setNoMap(_ isNoMap: Bool, _ start: UInt64, size: UInt64) {
    let end = capped(start, size)
    guard start < end else { return }
    var marked: [Region] = []
    marked.reserveCapacity(memory.count + 2)
    for region in memory {
      guard region.start < end, start < region.end else {
        marked.append(region)
        continue
      }
      let low = max(region.start, start)
      let high = min(region.end, end)
      if region.start < low { marked.append(Region(region.start, low, isNoMap: region.isNoMap)) }
      marked.append(Region(low, high, isNoMap: isNoMap))
      if high < region.end { marked.append(Region(high, region.end, isNoMap: region.isNoMap)) }
    }
    memory = Self.merged(marked)
  }

  /// memblock_is_region_reserved: whether any byte of it is taken.
  package func isReserved(_ start: UInt64, size: UInt64) -> Bool {
    Self.overlaps(reserved, start, capped(start, size))
  }

  /// memblock_overlaps_region on RAM.
  package func overlapsMemory(_ start: UInt64, size: UInt64) -> Bool {
    Self.overlaps(memory, start, capped(start, size))
  }

  /// memblock_is_region_memory: whether one region of RAM has all of it.
  package func isMemory(_ start: UInt64, size: UInt64) -> Bool {
    let end = capped(start, size)
    return memory.contains { $0.start <= start && end <= $0.end }
  }

  /// memblock_cap_size.
  private func capped(_ start: UInt64, _ size: UInt64) -> UInt64 {
    let (end, overflow) = start.addingReportingOverflow(size)
    return overflow ? highestAddress : min(end, highestAddress)
  }

  private static func overlaps(_ list: [Region], _ start: UInt64, _ end: UInt64) -> Bool {
    let index = firstIndex(in: list, endingBehind: start)
    return index < list.count && list[index].start < end
  }

  /// The first of the sorted ranges that ends behind `address`.
  private static func firstIndex(in list: [Region], endingBehind address: UInt64) -> Int {
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].end > address { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// memblock_add_range: the parts that are not there yet, then neighbours of one kind made one.
  private static func insert(
    _ start: UInt64, _ end: UInt64, _ isNoMap: Bool, into list: inout [Region]
  ) {
    guard start < end else { return }
    // From the one that ends where this one begins to the one that begins where it ends.
    let first = firstIndex(in: list, endingBehind: start == 0 ? 0 : start - 1)
    var last = first
    var parts: [Region] = []
    var base = start
    while last < list.count, list[last].start <= end {
      let region = list[last]
      if region.start > base { parts.append(Region(base, region.start, isNoMap: isNoMap)) }
      parts.append(region)
      base = max(base, region.end)
      last += 1
    }
    if base < end { parts.append(Region(base, end, isNoMap: isNoMap)) }
    list.replaceSubrange(first..<last, with: merged(parts))
  }

  /// memblock_remove_range.
  private static func cut(_ start: UInt64, _ end: UInt64, from list: inout [Region]) {
    guard start < end, overlaps(list, start, end) else { return }
    list = list.flatMap { region -> [Region] in
      guard region.start < end, start < region.end else { return [region] }
      var rest: [Region] = []
      if region.start < start {
        rest.append(Region(region.start, start, isNoMap: region.isNoMap))
      }
      if end < region.end { rest.append(Region(end, region.end, isNoMap: region.isNoMap)) }
      return rest
    }
  }

  /// memblock_merge_regions.
  private static func merged(_ list: [Region]) -> [Region] {
    var merged: [Region] = []
    merged.reserveCapacity(list.count)
    for region in list {
      if let last = merged.last, last.end == region.start, last.isNoMap == region.isNoMap {
        merged[merged.count - 1].end = region.end
      } else {
        merged.append(region)
      }
    }
    return merged
  }

  /// memblock_cap_memory_range: what is outside of the range is not RAM, unless it is not mapped, and
  /// nothing of it is taken.
  mutating func capMemory(to start: UInt64, size: UInt64) {
    let end = capped(start, size)
    guard start < end else { return }
    let unmapped = memory.filter(\.isNoMap)
    for (low, high) in [(0, start), (end, UInt64.max)] where low < high {
      remove(low, size: high - low)
      free(low, size: high - low)
    }
    for region in unmapped {
      add(region.start, size: region.size)
      setNoMap(true, region.start, size: region.size)
    }
  }

  // MARK: Free memory

  /// Calls `body` with every free range, from the end that `direction` names, until it returns true
  /// (for_each_free_mem_range and its reverse): mapped RAM less what is reserved. A free range never
  /// reaches over the border of two regions of RAM, be it that one of them is not mapped.
  func forEachFree(
    _ direction: Direction, _ body: (_ start: UInt64, _ end: UInt64) -> Bool
  ) {
    switch direction {
    case .bottomUp:
      var next = 0
      for region in memory where !region.isNoMap {
        while next < reserved.count, reserved[next].end <= region.start { next += 1 }
        var start = region.start
        var index = next
        while start < region.end {
          let taken = index < reserved.count ? reserved[index] : Region(.max - 1, .max)
          if start < taken.start, body(start, min(taken.start, region.end)) { return }
          start = max(start, taken.end)
          index += 1
        }
      }
    case .topDown:
      for region in memory.reversed() where !region.isNoMap {
        var end = region.end
        var index = reserved.count - 1
        while index >= 0, reserved[index].start >= region.end { index -= 1 }
        while end > region.start {
          let taken = index >= 0 ? reserved[index] : Region(0, 0)
          if taken.end < end, body(max(taken.end, region.start), end) { return }
          end = min(end, taken.start)
          index -= 1
        }
      }
    }
  }

  /// Every free range, by address.
  package var freeRanges: [Region] {
    var ranges: [Region] = []
    forEachFree(.bottomUp) { start, end in
      ranges.append(Region(start, end))
      return false
    }
    return ranges
  }

  /// memblock_find_in_range_node: where `size` bytes would go; nil where they fit nowhere.
  ///
  /// - Parameters:
  ///   - limit: where the search ends; 0 for ``currentLimit`` (MEMBLOCK_ALLOC_ACCESSIBLE).
  ///   - align: a power of two.
  package func find(
    size: UInt64, align: UInt64, from lowest: UInt64 = 0, limit: UInt64 = 0,
    _ direction: Direction = .topDown
  ) -> UInt64? {
    let bottom = max(lowest, pageSize)
    let top = max(bottom, limit == 0 ? currentLimit : limit)
    var found: UInt64?
    forEachFree(direction) { start, end in
      let start = min(max(start, bottom), top)
      let end = min(max(end, bottom), top)
      switch direction {
      case .bottomUp:
        let candidate = (start &+ (align - 1)) & ~(align - 1)
        if candidate < end, end - candidate >= size { found = candidate }
      case .topDown:
        guard end >= size else { return false }
        let candidate = (end - size) & ~(align - 1)
        if candidate >= start { found = candidate }
      }
      return found != nil
    }
    // The kernel takes address 0 for a failure.
    return found == 0 ? nil : found
  }

  /// memblock_alloc_range_nid: finds and reserves.
  package mutating func allocate(
    size: UInt64, align: UInt64, from lowest: UInt64 = 0, limit: UInt64 = 0,
    _ direction: Direction = .topDown
  ) -> UInt64? {
    guard let start = find(size: size, align: align, from: lowest, limit: limit, direction) else {
      return nil
    }
    reserve(start, size: size)
    return start
  }

  /// memblock_alloc_internal: as ``allocate(size:align:from:limit:_:)``, and once more without the
  /// lower bound where that finds nothing.
  package mutating func allocateBlock(
    size: UInt64, align: UInt64, from lowest: UInt64 = 0, limit: UInt64 = 0,
    _ direction: Direction = .topDown
  ) -> UInt64? {
    // A limit beyond what may be allocated is brought down to it.
    let limit = min(limit == 0 ? .max : limit, currentLimit)
    if let start = allocate(size: size, align: align, from: lowest, limit: limit, direction) {
      return start
    }
    return lowest == 0 ? nil : allocate(size: size, align: align, limit: limit, direction)
  }

  /// As many single pages as `count`, one after the other, from the top down.
  ///
  /// - Returns: the runs that they make, from the highest down; nil where they do not fit.
  package mutating func allocatePages(_ count: UInt64) -> [Region]? {
    var rest = count
    var runs: [Region] = []
    while rest > 0 {
      var run: Region?
      forEachFree(.topDown) { start, end in
        let start = max(start, pageSize)
        let end = min(end, currentLimit) & ~(pageSize - 1)
        guard end > start, end - start >= pageSize else { return false }
        let pages = min(rest, (end - start) / pageSize)
        run = Region(end - pages * pageSize, end)
        return true
      }
      guard let run else { return nil }
      reserve(run.start, size: run.size)
      runs.append(run)
      rest -= run.size / pageSize
    }
    return runs
  }
}
