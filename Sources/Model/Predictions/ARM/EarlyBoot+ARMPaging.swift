// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What 32-bit ARM takes once its pools are placed (arch/arm/mm/mmu.c, paging_init): all of it out of
/// lowmem.
extension EarlyBoot where Machine == ARMBoot {
  private var arm: ARMFacts { machine.arm }

  /// map_lowmem and what follows it.
  mutating func mapLowMemory() {
    var map = LowMemoryMap(sectionSize: arm.sectionSize)
    for region in memblock.memory where !region.isNoMap {
      let end = min(region.end, machine.lowMemoryEnd)
      guard region.start < end else { break }
      let start = startBehindKernel(region.start)
      guard start < end else { continue }
      takePages(map.map(start, end), .pageTables)
      if map.isBroken { log.fail(.mixedMapping) }
    }
    memblock.currentLimit = machine.lowMemoryEnd
    remapPools()
    // early_fixmap_shutdown: of the early console, and of the vectors.
    takePages(1, .pageTables)
    // devicemaps_init: the vectors themselves.
    take(2 * facts.pageSize, align: 2 * facts.pageSize, .vectors)
    // kmap_init.
    takePages(arm.hasHighMemory ? 2 : 1, .pageTables)
    if rules.allocatesZeroPage { takePages(1, .zeroPage) }
  }

  /// The kernel has a mapping of its own, of whole sections.
  private func startBehindKernel(_ start: UInt64) -> UInt64 {
    let kernelEnd = (input.kernel.value + facts.image.size).alignedUp(to: arm.sectionSize)
    return machine.physicalOffset <= start && start < kernelEnd ? kernelEnd : start
  }

  /// dma_contiguous_remap (arch/arm/mm/dma-mapping.c): pools in lowmem are mapped by pages, so that
  /// their attributes can change.
  private mutating func remapPools() {
    let reach = ARMBoot.tableReach
    if machine.announcedPools.count > areas.slots {
      log.cannotPredict(
        "more regions are to be CMA pools than a kernel has areas for (\(areas.slots)), and it writes "
          + "them down past the end of its list")
    }
    var mapped: [Range<UInt64>] = []
    for (name, range) in machine.announcedPools {
      let start = range.start.value
      let end = min(range.last.value &+ 1, machine.lowMemoryEnd)
      guard start < end else { continue }
      if mapped.contains(where: { $0.overlaps(start..<end) }) { return log.fail(.dmaRemapping) }
      mapped.append(start..<end)
      // struct static_vm (iotable_init), and the tables.
      guard let area = memblock.allocateBlock(size: 48, align: 8),
        let tables = memblock.allocatePages((end - 1) / reach - start / reach + 1)
      else { return log.fail(.earlyAllocation) }
      log.note(area, 48, .pageTables)
      for run in tables { log.note(run.start, run.size, .pageTables) }
      // They are zeroed where nothing is mapped any more.
      if ([area] + tables.map(\.start)).contains(where: (start..<end).contains) {
        return log.fail(.dmaRemapping)
      }
      if let others = unmappedOthers(start, end) {
        log.warn(.unmappedMemory, of: name, at: range, covering: others)
      }
    }
  }

  /// What else is in the blocks that are mapped anew; nil where nothing is.
  private func unmappedOthers(_ start: UInt64, _ end: UInt64) -> String? {
    let reach = ARMBoot.tableReach
    let kernel = machine.physicalOffset..<(input.kernel.value + facts.image.size)
    if kernel.overlaps(start..<end) { return "the kernel" }
    let beside = [
      start.alignedDown(to: reach)..<start,
      end..<min(end.alignedUp(to: reach), machine.lowMemoryEnd),
    ]
    let isRAM = memblock.memory.contains { region in
      !region.isNoMap && beside.contains { $0.overlaps(region.start..<region.end) }
    }
    return isRAM ? "what is beside it in the same \(ByteCount(reach))" : nil
  }

  // MARK: The memory map

  /// One piece from the start of RAM to its end, holes included (mm/page_alloc.c,
  /// alloc_node_mem_map), or one for each section that has RAM (mm/sparse.c, sparse_init).
  mutating func makeMemoryMap() {
    let bytesPerPage = arm.pageStructBytes
    guard arm.isSparse else {
      let step = facts.pageSize << facts.largestOrder
      let start = memblock.startOfMemory.alignedDown(to: step)
      let end = memblock.endOfMemory.alignedDown(to: facts.pageSize).alignedUp(to: step)
      return take((end - start) / facts.pageSize * bytesPerPage, align: 64, .memoryMap)
    }
    // arch/arm/include/asm/sparsemem.h.
    let section: UInt64 = 1 << 28
    if memblock.endOfMemory > 1 << 36 { log.cannotPredict("there is RAM above 64 GiB") }
    let sections = Set(
      memblock.memory.flatMap { ($0.start / section)...(($0.end - 1) / section) })
    let part = section / facts.pageSize * bytesPerPage
    let size = part * UInt64(sections.count)
    if let start = memblock.allocateBlock(size: size, align: part) {
      return log.note(start, size, .memoryMap)
    }
    for _ in sections { take(part, align: part, .memoryMap) }
  }

  /// request_standard_resources (arch/arm/kernel/setup.c): one struct resource a range of RAM.
  mutating func request(ofResources count: Int) {
    take(UInt64(count) * 64, align: 64, .resources)
  }

  /// mem_init and swiotlb_init_remap (kernel/dma/swiotlb.c): where RAM reaches 4 GiB, 64 MiB in one
  /// piece or half as much until it fits.
  mutating func takeBounceBuffers() {
    guard machine.bounceBuffers(memblock) != nil else { return }
    var size = BounceBuffers.bytes
    while size >= 1 << 20 {
      if let start = memblock.allocateBlock(size: size, align: facts.pageSize) {
        log.note(start, size, .bounceBuffers)
        // 16 bytes for each slot of 2 KiB (struct io_tlb_slot); without them there is a warning.
        let slots = max(size / 2048 * 16, facts.pageSize)
        if let start = memblock.allocateBlock(size: slots, align: facts.pageSize) {
          log.note(start, slots, .bounceBufferSlots)
        }
        return
      }
      size /= 2
    }
  }
}
