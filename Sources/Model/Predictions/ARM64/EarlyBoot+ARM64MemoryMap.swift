// SPDX-License-Identifier: Apache-2.0

/// What the memory map takes on arm64, and the tables that show it.
extension EarlyBoot where Machine == ARM64Boot {
  /// sparse_init.
  mutating func makeMemoryMap() {
    let map = ARM64MemoryMap(facts, of: memblock)
    guard !map.sections.isEmpty else { return }
    take(map.rootTableBytes, align: ARM64MemoryMap.cacheLine, .memoryMap)
    var root: UInt64?
    for section in map.sections where section / map.sectionsPerRoot != root {
      root = section / map.sectionsPerRoot
      take(facts.pageSize, align: ARM64MemoryMap.cacheLine, .memoryMap)
    }
    take(map.usageBytes, align: ARM64MemoryMap.cacheLine, .memoryMap)

    // sparse_buffer_init: all of the map in one piece, aligned to a section's part of it.
    let start = machine.memoryStart(memblock)
    let part = map.bytesPerSection.alignedUp(to: facts.blockSize)
    let size = part * UInt64(map.sections.count)
    let buffer = memblock.allocateBlock(size: size, align: part, from: start)
    var tables = PageTables(facts)
    // Those of the fixmap are there already, and serve the map where one table shows both.
    tables.map(map.fixmap, to: 0, size: facts.pageSize, blocks: true)
    guard let buffer else {
      for section in map.sections {
        takeTables(of: map, for: [section], from: start, besides: &tables)
        takeBlocks(map.bytesPerSection, from: start)
        // The kernel ends there, or does without the rest.
        if log.prediction.fatality != nil { return }
      }
      return
    }
    takeTables(of: map, for: map.sections, from: start, besides: &tables)
    log.note(buffer, map.bytes, .memoryMap)
    if map.bytes < size { memblock.free(buffer + map.bytes, size: size - map.bytes) }
  }

  /// Without one piece for all of it a section's part is made of blocks, or of pages where one does
  /// not fit (vmemmap_populate).
  private mutating func takeBlocks(_ size: UInt64, from lowest: UInt64) {
    guard facts.pageSize == 4096 else { return takePages(size / facts.pageSize, .memoryMap) }
    let block = facts.blockSize
    for _ in 0..<(size / block) {
      if let start = memblock.allocateBlock(size: block, align: block, from: lowest) {
        log.note(start, block, .memoryMap)
      } else if rules.mapsMemoryByPages {
        // And a table that shows them.
        takePages(1 + block / facts.pageSize, .memoryMap)
      } else {
        return log.fail(.earlyAllocation)
      }
    }
  }

  /// The tables that show these sections' parts of the map and are not among `tables`.
  private mutating func takeTables(
    of map: ARM64MemoryMap, for sections: [UInt64], from memoryStart: UInt64,
    besides tables: inout PageTables
  ) {
    let known = tables.count
    for section in sections {
      tables.map(
        map.virtualAddress(ofSection: section, from: memoryStart), to: 0,
        size: map.bytesPerSection, blocks: facts.pageSize == 4096)
    }
    takePages(tables.count - known, .memoryMap)
  }
}
