// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What 32-bit ARM takes once its pools are placed (arch/arm/mm/mmu.c, paging_init): all of it out of
/// lowmem.
extension EarlyBoot {
  /// map_lowmem and what follows it.
  mutating func mapLowMemory(_ arm: ARMFacts) {
    var map = LowMemoryMap(sectionSize: arm.sectionSize)
    for region in memblock.memory where !region.isNoMap {
      let end = min(region.end, lowMemoryEnd)
      guard region.start < end else { break }
      let start = startBehindKernel(region.start, end, arm)
      guard start < end else { continue }
      takePages(map.map(start, end), "page tables")
      if map.isBroken { fail(.mixedMapping) }
    }
    memblock.currentLimit = lowMemoryEnd
    remapPools()
    // early_fixmap_shutdown: of the early console, and of the vectors.
    takePages(1, "page tables")
    // devicemaps_init: the vectors themselves.
    take(2 * facts.pageSize, align: 2 * facts.pageSize, "vectors")
    // kmap_init.
    takePages(arm.hasHighMemory ? 2 : 1, "page tables")
    takePages(1, "zero page")
  }

  /// The kernel has a mapping of its own, of whole sections.
  private func startBehindKernel(_ start: UInt64, _ end: UInt64, _ arm: ARMFacts) -> UInt64 {
    let section = arm.sectionSize
    let kernelEnd = (input.kernel.value + facts.image.size + section - 1) & ~(section - 1)
    return physicalOffset <= start && start < kernelEnd ? kernelEnd : start
  }

  /// dma_contiguous_remap (arch/arm/mm/dma-mapping.c): pools in lowmem are mapped by pages, so that
  /// their attributes can change.
  private mutating func remapPools() {
    for area in areas {
      let start = area.range.start.value
      let end = min(area.range.last.value &+ 1, lowMemoryEnd)
      guard start < end else { continue }
      // struct static_vm (iotable_init).
      take(48, align: 8, "page tables")
      takePages((end - 1) / Self.tableReach - start / Self.tableReach + 1, "page tables")
    }
  }

  // MARK: The memory map

  /// sizeof(struct page) where pointers have 32 bits.
  private static var bytesPerPage: UInt64 { 32 }

  /// One piece from the start of RAM to its end, holes included (mm/page_alloc.c,
  /// alloc_node_mem_map), or one for each section that has RAM (mm/sparse.c, sparse_init).
  mutating func makeMemoryMap(_ arm: ARMFacts) {
    let owner = "memory map"
    guard arm.isSparse else {
      let step = facts.pageSize << facts.largestOrder
      let start = memblock.startOfMemory & ~(step - 1)
      let end = ((memblock.endOfMemory & ~(facts.pageSize - 1)) + step - 1) & ~(step - 1)
      return take((end - start) / facts.pageSize * Self.bytesPerPage, align: 64, owner)
    }
    // arch/arm/include/asm/sparsemem.h.
    let section: UInt64 = 1 << 28
    if memblock.endOfMemory > 1 << 36 { unknown.append("there is RAM above 64 GiB") }
    let sections = Set(
      memblock.memory.flatMap { ($0.start / section)...(($0.end - 1) / section) })
    let part = section / facts.pageSize * Self.bytesPerPage
    let size = part * UInt64(sections.count)
    if let start = memblock.allocateBlock(size: size, align: part) {
      return note(start, size, owner)
    }
    for _ in sections { take(part, align: part, owner) }
  }

  /// request_standard_resources (arch/arm/kernel/setup.c): one struct resource a range of RAM.
  mutating func request(ofResources count: Int) {
    take(UInt64(count) * 64, align: 64, "resources")
  }

  /// mem_init and swiotlb_init_remap (kernel/dma/swiotlb.c): where RAM reaches 4 GiB, 64 MiB in one
  /// piece or half as much until it fits.
  mutating func takeBounceBuffers() {
    guard needsBounceBuffers else { return }
    var size = Self.bounceBufferBytes
    while size >= 1 << 20 {
      if let start = memblock.allocateBlock(size: size, align: facts.pageSize) {
        note(start, size, Self.bounceBufferOwner)
        // 16 bytes for each slot of 2 KiB (struct io_tlb_slot); without them there is a warning.
        let slots = max(size / 2048 * 16, facts.pageSize)
        if let start = memblock.allocateBlock(size: slots, align: facts.pageSize) {
          note(start, slots, "slots of the bounce buffers")
        }
        return
      }
      size /= 2
    }
  }
}

/// The kernel's own mapping of lowmem (alloc_init_pmd): sections, and a table of pages where an end of
/// a range is no section boundary.
private struct LowMemoryMap {
  let sectionSize: UInt64
  /// Blocks of which the first half is a section.
  private var halves: Set<UInt64> = []
  private var tables: Set<UInt64> = []
  /// Whether a table was wanted where a section is: without LPAE a table maps two sections' worth, and
  /// the kernel takes the first one for a table (arm_pte_alloc, BUG_ON).
  private(set) var isBroken = false

  init(sectionSize: UInt64) {
    self.sectionSize = sectionSize
  }

  /// - Returns: how many tables are new.
  mutating func map(_ start: UInt64, _ end: UInt64) -> UInt64 {
    let reach = EarlyBoot.tableReach
    var count: UInt64 = 0
    for block in Set([start / reach, (end - 1) / reach]).sorted() {
      let first = max(start, block * reach)
      let last = min(end, (block + 1) * reach)
      if (first | last) % sectionSize == 0 {
        if first == block * reach { halves.insert(block) }
      } else if halves.contains(block) {
        isBroken = true
      } else if tables.insert(block).inserted {
        count += 1
      }
    }
    return count
  }
}
