// SPDX-License-Identifier: Apache-2.0

/// The memory map: a struct page for every page of every section that has RAM (mm/sparse.c,
/// mm/sparse-vmemmap.c).
struct ARM64MemoryMap {
  /// sizeof(struct page); what makes it larger than a cache line is unusual.
  static let bytesPerPage: UInt64 = 64
  static let cacheLine: UInt64 = 64

  private let facts: KernelFacts
  /// The numbers of the sections with RAM, rising (memblocks_present).
  let sections: [UInt64]

  init(_ facts: KernelFacts, of memblock: Memblock) {
    self.facts = facts
    var sections: [UInt64] = []
    for region in memblock.memory {
      let first = region.start / facts.sectionSize
      let last = (region.end - 1) / facts.sectionSize
      for section in first...last where sections.last.map({ $0 < section }) ?? true {
        sections.append(section)
      }
    }
    self.sections = sections
  }

  /// What a section's part of the map takes.
  var bytesPerSection: UInt64 { facts.sectionSize / facts.pageSize * Self.bytesPerPage }

  /// What the whole of it takes.
  var bytes: UInt64 { UInt64(sections.count) * bytesPerSection }

  /// As many struct mem_section as fill a page make a root.
  var sectionsPerRoot: UInt64 { facts.pageSize / facts.sectionDescriptionBytes }

  /// What the roots' own table takes.
  var rootTableBytes: UInt64 {
    max(1, (1 << facts.physicalAddressBits) / facts.sectionSize / sectionsPerRoot) * 8
  }

  /// usemap_size and mem_section_usage_size, of all sections; a subsection has 2 MiB.
  var usageBytes: UInt64 {
    let pageblocks = facts.sectionSize / (facts.pageSize << facts.pageblockOrder)
    return UInt64(sections.count)
      * (facts.rules.sectionUsageBytes + Self.words(facts.sectionSize >> 21)
        + Self.words(max(1, pageblocks) * 4))
  }

  /// One bit each, in whole words, in bytes.
  private static func words(_ bits: UInt64) -> UInt64 { (bits + 63) / 64 * 8 }

  // MARK: Addresses

  /// Where a section's part lies in virtual memory.
  ///
  /// - Parameter memoryStart: memstart_addr.
  func virtualAddress(ofSection section: UInt64, from memoryStart: UInt64) -> UInt64 {
    start
      &+ (section * facts.sectionSize - memoryStart) / facts.pageSize * Self.bytesPerPage
  }

  /// VMEMMAP_START.
  private var start: UInt64 {
    let size = (1 << (facts.virtualAddressBits - 1)) / facts.pageSize * Self.bytesPerPage
    return switch facts.rules.vmemmap {
    case .belowTwoMebibytes: 0 &- size &- (2 << 20)
    case .projection: 0 &- 2 * size
    case .belowOneGibibyte: 0 &- (1 << 30) &- size
    }
  }

  /// An address of the fixmap: within a table's reach of FIXADDR_TOP.
  var fixmap: UInt64 {
    switch facts.rules.fixmap {
    case .belowIOSpace: start &- (24 << 20)
    case .belowMemoryMap: start &- (34 << 20)
    case .top: 0 &- (10 << 20)
    }
  }
}
