// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What is 32-bit ARM's own of early memory (arch/arm/mm/mmu.c, arch/arm/mm/init.c).
///
/// The kernel maps RAM up to a limit, lowmem, and allocates from nothing else; the rest is highmem.
struct ARMBoot: BootArchitecture {
  /// PMD_SIZE: what one table of pages maps, with and without LPAE.
  static let tableReach: UInt64 = 2 << 20

  /// VMALLOC_END (arch/arm/include/asm/pgtable.h).
  private static let vmallocEnd: UInt64 = 0xff80_0000

  /// VMALLOC_OFFSET (arch/arm/include/asm/pgtable.h).
  private static let vmallocGap: UInt64 = 8 << 20

  let facts: KernelFacts
  let arm: ARMFacts
  let input: EarlyMemory
  /// arm_lowmem_limit: where highmem begins.
  private(set) var lowMemoryEnd: UInt64 = 0
  /// dma_mmu_remap: what is to be mapped for DMA, an entry a pool (arch/arm/mm/dma-mapping.c).
  private(set) var announcedPools: [(name: String, range: PhysicalRange)] = []

  init(_ arm: ARMFacts, _ facts: KernelFacts, _ input: EarlyMemory) {
    self.arm = arm
    self.facts = facts
    self.input = input
  }

  /// arm_dma_limit (arch/arm/mm/init.c, setup_dma_zone; without a DMA zone arch/arm/mm/mm.h).
  private var dmaLimit: UInt64 {
    guard arm.hasDMAZone else { return facts.highestAddress }
    return input.machineDMALimit.map { $0.value &- 1 } ?? UInt64(UInt32.max)
  }

  func dmaLimit(_ memblock: Memblock) -> UInt64 { dmaLimit }

  /// arm_dma_pfn_limit, in bytes: an unsigned long counts pages, so it is at most the last page of 32
  /// bits.
  private var lastDMAPage: UInt64 {
    min(dmaLimit, UInt64(UInt32.max)).alignedDown(to: facts.pageSize)
  }

  func highMemoryStart(_ memblock: Memblock) -> UInt64 { lowMemoryEnd }

  func zoneBorders(_ memblock: Memblock) -> [UInt64] {
    arm.hasDMAZone ? [min(lastDMAPage, lowMemoryEnd), lowMemoryEnd] : [lowMemoryEnd]
  }

  func bounceBuffers(_ memblock: Memblock) -> BounceBuffers? {
    // max_pfn > arm_dma_pfn_limit, which is the last page, not the one behind it.
    guard facts.hasBounceBuffers,
      memblock.endOfMemory.alignedDown(to: facts.pageSize) > lastDMAPage
    else { return nil }
    return BounceBuffers(end: lowMemoryEnd)
  }

  mutating func announcePool(_ name: String, at start: UInt64, size: UInt64) {
    if let range = PhysicalRange(at: start, bytes: size) { announcedPools.append((name, range)) }
  }

  var coherentPoolsAreUnmapped: Bool { true }

  var reservedKernelStart: UInt64 { input.kernel.value + facts.image.textStart }

  /// Half of what arm64's take, where all but the number and the flags in a kobject are words.
  var treeNodeSizes: (node: UInt64, property: UInt64) {
    ((facts.rules.deviceNodeBytes - 8) / 2 + 8, facts.rules.propertyBytes / 2)
  }

  func mappedBytes(_ memblock: Memblock) -> UInt64 { lowBytes(of: memblock.memory) }

  /// Free memory that the kernel itself can use.
  func usableFreeBytes(_ memblock: Memblock) -> UInt64 { lowBytes(of: memblock.freeRanges) }

  private func lowBytes(of ranges: [Memblock.Region]) -> UInt64 {
    ranges.reduce(0) { sum, range in
      sum + (range.start < lowMemoryEnd ? min(range.end, lowMemoryEnd) - range.start : 0)
    }
  }

  /// PHYS_OFFSET: what the kernel takes for the start of RAM because it lies there itself
  /// (arch/arm/kernel/head.S).
  var physicalOffset: UInt64 { input.kernel.value - facts.image.textOffset }

  // MARK: Lowmem

  /// adjust_lowmem_bounds.
  ///
  /// - Returns: from where on to where RAM is ignored; nil where all of it can be used.
  mutating func adjustLowMemory(_ memblock: inout Memblock) -> Memblock.Region? {
    var ignored: Memblock.Region?
    let block = Self.tableReach
    let mapEnd = Self.vmallocEnd - vmallocSize - arm.pageOffset + physicalOffset
    // Tables could not be allocated before anything is mapped.
    if let first = memblock.memory.first(where: { !$0.isNoMap }), first.start % block != 0 {
      memblock.setNoMap(true, first.start, size: block - first.start % block)
    }
    lowMemoryEnd = 0
    var limit: UInt64 = 0
    for region in memblock.memory where !region.isNoMap && region.start < mapEnd {
      if region.end > lowMemoryEnd { lowMemoryEnd = min(mapEnd, region.end) }
      guard limit == 0 else { continue }
      if region.start % block != 0 {
        limit = region.start
      } else if region.end % block != 0 {
        limit = lowMemoryEnd
      }
    }
    if limit == 0 { limit = lowMemoryEnd }
    limit = limit.alignedDown(to: block)
    if !arm.hasHighMemory, memblock.endOfMemory > lowMemoryEnd {
      ignored = Memblock.Region(limit, memblock.endOfMemory)
      memblock.remove(limit, size: .max)
    }
    memblock.currentLimit = limit
    return ignored
  }

  /// What is left to vmalloc: `vmalloc=`, within its bounds (early_vmalloc), and the gap before it.
  private var vmallocSize: UInt64 {
    let mebibyte: UInt64 = 1 << 20
    let gap = facts.rules.keepsGapBesideVmalloc ? Self.vmallocGap : 0
    let most = Self.vmallocEnd - gap - arm.pageOffset - 32 * mebibyte
    var size = 240 * mebibyte + Self.vmallocGap
    let key = Array("vmalloc=".utf8)
    for word in PoolArgument.words(input.commandLine) where word.starts(with: key) {
      var text = word.dropFirst(key.count)
      let asked = PoolArgument.number(&text) & UInt64(UInt32.max)
      size = min(max(asked, 16 * mebibyte), most) + gap
    }
    return size
  }
}
