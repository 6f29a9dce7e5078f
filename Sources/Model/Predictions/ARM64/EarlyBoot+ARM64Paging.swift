// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What paging_init takes on arm64 (arch/arm64/mm/mmu.c).
extension EarlyBoot where Machine == ARM64Boot {
  /// The tables of the kernel's own mapping, of the linear map and of the identity map.
  mutating func mapMemory() {
    let image = facts.image
    let kernel = input.kernel.value
    // Only congruence and distance of the virtual addresses count, not where they are.
    let kernelVirtual: UInt64 = 1 << 62
    let identityVirtual: UInt64 = 1 << 61
    var tables = PageTables(facts)
    if rules.mapsKernelEarly {
      for segment in image.segments {
        tables.map(
          kernelVirtual + segment.start, to: kernel + segment.start, size: segment.size,
          blocks: true)
      }
    }
    let ofKernel = tables.count
    takePages(ofKernel, .pageTables)
    let fencePool = takeFencePool()
    mapLinear(in: &tables, besides: fencePool)
    takePages(tables.count - ofKernel, .pageTables)
    if rules.mapsKernelEarly, let first = image.firstTables {
      memblock.free(kernel + first.start, size: first.size)
    }
    if rules.mapsIdentityEarly {
      var identity = PageTables(facts)
      identity.map(identityVirtual, to: kernel, size: facts.pageSize, blocks: false)
      takePages(identity.count, .pageTables)
    }
  }

  /// arm64_kfence_alloc_pool; a kernel that does not get it goes on without.
  private mutating func takeFencePool() -> Memblock.Region? {
    guard let bytes = facts.fencePoolBytes,
      let start = memblock.allocateBlock(size: bytes, align: facts.pageSize)
    else { return nil }
    log.note(start, bytes, .fencePool)
    return Memblock.Region(start, start + bytes)
  }

  /// map_mem.
  ///
  /// - Parameter fencePool: it is mapped by pages, whatever the rest is.
  private mutating func mapLinear(
    in tables: inout PageTables, besides fencePool: Memblock.Region?
  ) {
    let blocks = !facts.mapsPages && !machine.crashKernelMapsPages
    let start = machine.memoryStart(memblock)
    var mapped = memblock
    if rules.linearMap == .configured {
      // What is read-only is mapped by itself, so that it can be protected later.
      let readOnly = machine.reservedKernelStart
      let end = input.kernel.value + facts.image.initBegin
      mapped.setNoMap(true, readOnly, size: end - readOnly)
      // A log whose lines are damaged can have a kernel below all RAM.
      if readOnly < end, start <= readOnly {
        tables.map(readOnly - start, to: readOnly, size: end - readOnly, blocks: true)
      }
    }
    if let fencePool {
      mapped.setNoMap(true, fencePool.start, size: fencePool.size)
      tables.map(
        fencePool.start - start, to: fencePool.start, size: fencePool.size, blocks: false)
    }
    var lower: Memblock.Region?
    for region in mapped.memory where !region.isNoMap {
      var region = region
      if !rules.mapsPartialPages {
        region.start = region.start.alignedUp(to: facts.pageSize)
        region.end = region.end.alignedDown(to: facts.pageSize)
        if region.start >= region.end { continue }
      }
      if blocks, let lower, clash(lower, region) { log.fail(.mixedMapping) }
      tables.map(region.start - start, to: region.start, size: region.size, blocks: blocks)
      lower = region
    }
  }

  /// Whether two ranges of RAM, the second one above the first, both map a page that one of them maps
  /// as a part of a contiguous block, which may not be touched again (arch/arm64/mm/mmu.c,
  /// pgattr_change_is_safe): so it goes around a no-map region within a page.
  private func clash(_ low: Memblock.Region, _ high: Memblock.Region) -> Bool {
    let page = facts.pageSize
    let shared = high.start.alignedDown(to: page)
    let lowEnd = low.end.alignedUp(to: page)
    guard shared < lowEnd else { return false }
    // CONFIG_ARM64_CONT_PTE_SHIFT: 16 pages of 4 KiB, 128 of 16 KiB, 32 of 64 KiB.
    let block: UInt64 = page == 4096 ? 64 << 10 : 2 << 20
    let start = shared.alignedDown(to: block)
    return low.start.alignedDown(to: page) <= start && start + block <= lowEnd
      || shared == start && start + block <= high.end.alignedUp(to: page)
  }
}
