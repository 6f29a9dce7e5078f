// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The order of early memory on 32-bit ARM (arch/arm/kernel/setup.c, setup_arch; arch/arm/mm).
///
/// The kernel maps RAM up to a limit, lowmem, and allocates from nothing else; the rest is highmem.
/// Unlike on arm64 the pools come before all tables, which then have to fit beside them.
extension EarlyBoot {
  mutating func runARM(_ arm: ARMFacts) {
    lookAtParameters()
    addMemoryForARM()
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, "device tree")
    applyMemoryParameters()
    adjustLowMemory(arm)
    reserveForARM(arm)
    scanReservedMemory()
    reserveDefaultPool()
    // Regions that are not mapped have changed what there is.
    adjustLowMemory(arm)
    mapLowMemory(arm)
    makeMemoryMap(arm)
    request(ofResources: memblock.memory.count { !$0.isNoMap })
    unflattenTree()
    reserveCrashKernelOnARM(arm)
    takeBounceBuffers()
  }

  /// PHYS_OFFSET: what the kernel takes for the start of RAM because it lies there itself
  /// (arch/arm/kernel/head.S).
  var physicalOffset: UInt64 { input.kernel.value - facts.image.textOffset }

  // MARK: RAM

  /// drivers/of/fdt.c, early_init_dt_add_memory_arch: whole pages, none below the kernel's own
  /// start, none that a phys_addr_t cannot name.
  private mutating func addMemoryForARM() {
    let page = facts.pageSize
    for bank in input.banks {
      let start = max((bank.start.value + page - 1) & ~(page - 1), physicalOffset)
      let end = (bank.last.value &+ 1) & ~(page - 1)
      guard start < end, start <= facts.highestAddress else { continue }
      memblock.add(start, size: end - start)
    }
  }

  /// `mem=size[@start]`: the first replaces all RAM, each adds some (early_mem and arm_add_memory in
  /// arch/arm/kernel/setup.c).
  private mutating func applyMemoryParameters() {
    let page = facts.pageSize
    let key = Array("mem=".utf8)
    var isFirst = true
    for word in PoolArgument.words(input.commandLine) where word.starts(with: key) {
      if isFirst { memblock.remove(0, size: .max) }
      isFirst = false
      var text = word.dropFirst(key.count)
      let size = PoolArgument.number(&text)
      var asked = physicalOffset
      if text.first == UInt8(ascii: "@") {
        text = text.dropFirst()
        asked = PoolArgument.number(&text)
      }
      let start = max((asked + page - 1) & ~(page - 1), physicalOffset)
      // A page is lost at the end of 32 bits.
      let end = min(asked &+ size, facts.highestAddress) & ~(page - 1)
      if start < end { memblock.add(start, size: end - start) }
    }
  }

  /// arch/arm/mm/mmu.c, adjust_lowmem_bounds.
  private mutating func adjustLowMemory(_ arm: ARMFacts) {
    let block = Self.tableReach
    let mapEnd = Self.mapEnd - vmallocSize(arm) - arm.pageOffset + physicalOffset
    // Tables could not be allocated before anything is mapped.
    if let first = memblock.memory.first(where: { !$0.isNoMap }), first.start % block != 0 {
      memblock.setNoMap(true, first.start, size: block - first.start % block)
    }
    var lowMemoryEnd: UInt64 = 0
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
    self.lowMemoryEnd = lowMemoryEnd
    if limit == 0 { limit = lowMemoryEnd }
    limit &= ~(block - 1)
    if !arm.hasHighMemory, memblock.endOfMemory > lowMemoryEnd {
      memblock.remove(limit, size: .max)
    }
    memblock.currentLimit = limit
  }

  /// PMD_SIZE: what one table of pages maps, with and without LPAE.
  static var tableReach: UInt64 { 2 << 20 }

  /// VMALLOC_END less VMALLOC_OFFSET (arch/arm/include/asm/pgtable.h).
  private static var mapEnd: UInt64 { 0xff80_0000 - (8 << 20) }

  /// `vmalloc=`, within its bounds (early_vmalloc).
  private func vmallocSize(_ arm: ARMFacts) -> UInt64 {
    let mebibyte: UInt64 = 1 << 20
    var size = 240 * mebibyte
    let key = Array("vmalloc=".utf8)
    for word in PoolArgument.words(input.commandLine) where word.starts(with: key) {
      var text = word.dropFirst(key.count)
      let asked = PoolArgument.number(&text) & UInt64(UInt32.max)
      size = min(max(asked, 16 * mebibyte), Self.mapEnd - arm.pageOffset - 32 * mebibyte)
    }
    return size
  }

  // MARK: What is there already

  /// arm_memblock_init (arch/arm/mm/init.c): the image from `_stext` on, the initramfs, and the
  /// tables that the kernel started with.
  private mutating func reserveForARM(_ arm: ARMFacts) {
    let image = facts.image
    reserve(input.kernel.value + image.textStart, image.size - image.textStart, "kernel")
    if let initramfs = input.initramfs {
      let page = facts.pageSize
      let start = initramfs.start.value & ~(page - 1)
      let end = (initramfs.last.value + page) & ~(page - 1)
      // init/initramfs.c, reserve_initrd_mem: else there is none.
      if memblock.isMemory(start, size: end - start), !memblock.isReserved(start, size: end - start)
      {
        reserve(start, end - start, "initramfs")
      }
    }
    reserve(
      input.kernel.value - arm.firstTablesSize, arm.firstTablesSize, "page tables")
  }
}
