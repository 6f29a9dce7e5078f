// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The memory map: a struct page for every page of every section that has RAM (mm/sparse.c,
/// mm/sparse-vmemmap.c).
extension EarlyBoot {
  /// sizeof(struct page); what makes it larger than a cache line is unusual.
  private static var bytesPerPage: UInt64 { 64 }
  private static var cacheLine: UInt64 { 64 }

  /// The numbers of the sections with RAM, rising: memblocks_present.
  private var sections: [UInt64] {
    var sections: [UInt64] = []
    for region in memblock.memory {
      let first = region.start / facts.sectionSize
      let last = (region.end - 1) / facts.sectionSize
      for section in first...last where sections.last.map({ $0 < section }) ?? true {
        sections.append(section)
      }
    }
    return sections
  }

  /// What a section's part of the map takes.
  var mapBytesPerSection: UInt64 { facts.sectionSize / facts.pageSize * Self.bytesPerPage }

  /// What the whole of it takes.
  var memoryMapBytes: UInt64 { UInt64(sections.count) * mapBytesPerSection }

  /// sparse_init.
  mutating func makeMemoryMap() {
    let sections = sections
    guard !sections.isEmpty else { return }
    let owner = "memory map"
    // struct mem_section has 16 bytes, and as many of them as fill a page make a root.
    let perRoot = facts.pageSize / 16
    let rootCount = (1 << facts.physicalAddressBits) / facts.sectionSize / perRoot
    take(max(1, rootCount) * 8, align: Self.cacheLine, owner)
    var root: UInt64?
    for section in sections where section / perRoot != root {
      root = section / perRoot
      take(facts.pageSize, align: Self.cacheLine, owner)
    }
    // usemap_size, mem_section_usage_size; a subsection has 2 MiB.
    let pageblocks = facts.sectionSize / (facts.pageSize << facts.pageblockOrder)
    let usage =
      rules.sectionUsageBytes + Self.words(facts.sectionSize >> 21)
      + Self.words(max(1, pageblocks) * 4)
    take(usage * UInt64(sections.count), align: Self.cacheLine, owner)

    // sparse_buffer_init: all of the map in one piece, aligned to a section's part of it.
    let block = facts.blockSize
    let part = (mapBytesPerSection + block - 1) & ~(block - 1)
    let size = part * UInt64(sections.count)
    let buffer = memblock.allocateBlock(size: size, align: part, from: memoryStart)
    var tables = PageTables(facts)
    // Those of the fixmap are there already, and serve the map where one table shows both.
    tables.map(fixmapStart, to: 0, size: facts.pageSize, blocks: true)
    guard let buffer else {
      for section in sections {
        takeTables(for: [section], besides: &tables)
        takeBlocks(mapBytesPerSection)
      }
      return
    }
    takeTables(for: sections, besides: &tables)
    let used = mapBytesPerSection * UInt64(sections.count)
    note(buffer, used, owner)
    if used < size { memblock.free(buffer + used, size: size - used) }
  }

  /// One bit each, in whole words, in bytes.
  private static func words(_ bits: UInt64) -> UInt64 { (bits + 63) / 64 * 8 }

  /// Without one piece for all of it a section's part is made of blocks, or of pages where one does
  /// not fit (vmemmap_populate).
  private mutating func takeBlocks(_ size: UInt64) {
    let owner = "memory map"
    guard facts.pageSize == 4096 else { return takePages(size / facts.pageSize, owner) }
    let block = facts.blockSize
    for _ in 0..<(size / block) {
      if let start = memblock.allocateBlock(size: block, align: block, from: memoryStart) {
        note(start, block, owner)
      } else if rules.mapsMemoryByPages {
        // And a table that shows them.
        takePages(1 + block / facts.pageSize, owner)
      } else {
        return fail(.earlyAllocation)
      }
    }
  }

  /// The tables that show these sections' parts of the map and are not among `tables`.
  private mutating func takeTables(for sections: [UInt64], besides tables: inout PageTables) {
    let start = memoryStart
    let base = vmemmapStart
    let known = tables.count
    for section in sections {
      let offset = (section * facts.sectionSize - start) / facts.pageSize * Self.bytesPerPage
      tables.map(
        base &+ offset, to: 0, size: mapBytesPerSection, blocks: facts.pageSize == 4096)
    }
    takePages(tables.count - known, "memory map")
  }

  /// VMEMMAP_START.
  private var vmemmapStart: UInt64 {
    let size = (1 << (facts.virtualAddressBits - 1)) / facts.pageSize * Self.bytesPerPage
    return switch rules.vmemmap {
    case .belowTwoMebibytes: 0 &- size &- (2 << 20)
    case .projection: 0 &- 2 * size
    case .belowOneGibibyte: 0 &- (1 << 30) &- size
    }
  }

  /// An address of the fixmap: within a table's reach of FIXADDR_TOP.
  private var fixmapStart: UInt64 {
    switch rules.fixmap {
    case .belowIOSpace: vmemmapStart &- (24 << 20)
    case .belowMemoryMap: vmemmapStart &- (34 << 20)
    case .top: 0 &- (10 << 20)
    }
  }
}
