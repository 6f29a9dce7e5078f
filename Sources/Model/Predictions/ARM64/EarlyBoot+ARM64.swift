// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The order of early memory on arm64, and what it takes for its tables.
extension EarlyBoot {
  /// start_kernel, setup_arch (arch/arm64/kernel/setup.c) and what it calls, up to the pools.
  mutating func runARM64() {
    lookAtParameters()
    addMemory()
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, "device tree")
    clipMemory()
    reserveInitramfsAndKernel()
    scanReservedMemory()
    mapMemory()
    // A kernel that cannot map its RAM comes to nothing more.
    guard prediction.fatality == nil else { return }
    if rules.regionOrder == .staticFirst { setUpStaticRegions() }
    unflattenTree()
    if rules.poolTime == .afterMemoryMap { makeMemoryMap() }
    reserveDefaultPool()
    reserveCrashKernelOnARM64()
  }

  /// drivers/of/fdt.c, early_init_dt_add_memory_arch: whole pages.
  private mutating func addMemory() {
    let page = facts.pageSize
    for bank in input.banks {
      let start = (bank.start.value + page - 1) & ~(page - 1)
      let end = (bank.last.value &+ 1) & ~(page - 1)
      if start < end { memblock.add(start, size: end - start) }
    }
  }

  /// arch/arm64/mm/init.c, arm64_memblock_init: what the linear map cannot show, and `mem=`.
  private mutating func clipMemory() {
    memblock.remove(1 << facts.physicalAddressBits, size: .max)
    let linear: UInt64 = 1 << (facts.virtualAddressBits - 1)
    let end = input.kernel.value + facts.image.size
    memblock.remove(max(memoryStart + linear, end), size: .max)
    if memoryStart + linear < memblock.endOfMemory {
      unknown.append("RAM spans more than the linear map's \(ByteCount(linear))")
    }
    guard let limit = memoryLimit else { return }
    var rest = limit
    for region in memblock.memory {
      if rest <= region.size {
        memblock.remove(region.start + rest, size: .max)
        memblock.free(region.start + rest, size: .max)
        break
      }
      rest -= region.size
    }
    memblock.add(input.kernel.value, size: facts.image.size)
  }

  /// The last `mem=`, in whole pages (early_mem).
  private var memoryLimit: UInt64? {
    var limit: UInt64?
    let key = Array("mem=".utf8)
    for word in PoolArgument.words(input.commandLine) where word.starts(with: key) {
      var text = word.dropFirst(key.count)
      limit = PoolArgument.number(&text) & ~(facts.pageSize - 1)
    }
    return limit
  }

  /// memstart_addr: RAM's start, rounded down to ARM64_MEMSTART_ALIGN
  /// (arch/arm64/include/asm/kernel-pgtable.h).
  var memoryStart: UInt64 {
    let shift: UInt64 = facts.pageSize == 65_536 ? 29 : 30
    let align = max(1 << shift, facts.sectionSize)
    return memblock.startOfMemory & ~(align - 1)
  }

  private mutating func reserveInitramfsAndKernel() {
    if let initramfs = input.initramfs {
      let page = facts.pageSize
      let start = initramfs.start.value & ~(page - 1)
      let end = (initramfs.last.value + page) & ~(page - 1)
      memblock.add(start, size: end - start)
      reserve(start, end - start, "initramfs")
    }
    let start = reservedKernelStart
    reserve(start, input.kernel.value + facts.image.size - start, "kernel")
  }

  /// paging_init (arch/arm64/mm/mmu.c): the tables of the kernel's own mapping, of the linear map
  /// and of the identity map.
  private mutating func mapMemory() {
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
    let blocks = !facts.mapsPages && !crashKernelMapsPages
    let start = memoryStart
    func mapLinear(_ from: UInt64, _ to: UInt64, blocks: Bool) {
      guard from < to else { return }
      tables.map(from - start, to: from, size: to - from, blocks: blocks)
    }
    func mapLinear(_ regions: [Memblock.Region]) {
      var lower: Memblock.Region?
      for region in regions where !region.isNoMap {
        if blocks, let lower, clash(lower, region) { fail(.mixedMapping) }
        mapLinear(region.start, region.end, blocks: blocks)
        lower = region
      }
    }
    let readOnly = kernel + (rules.reservesFromStext ? image.textStart : 0)
    let readOnlyEnd = kernel + image.initBegin
    if rules.linearMap == .pages {
      mapLinear(memblock.memory)
    } else {
      // What is read-only is mapped by itself, so that it can be protected later.
      var mapped = memblock
      mapped.setNoMap(true, readOnly, size: readOnlyEnd - readOnly)
      mapLinear(mapped.memory)
      mapLinear(readOnly, readOnlyEnd, blocks: true)
    }
    takePages(tables.count, "page tables")
    if rules.mapsKernelEarly, let first = image.firstTables {
      memblock.free(kernel + first.start, size: first.size)
    }
    if rules.mapsIdentityEarly {
      var identity = PageTables(facts)
      identity.map(identityVirtual, to: kernel, size: facts.pageSize, blocks: false)
      takePages(identity.count, "page tables")
    }
  }

  /// Whether two ranges of RAM, the second one above the first, both map a page that one of them maps
  /// as a part of a contiguous block, which may not be touched again (arch/arm64/mm/mmu.c,
  /// pgattr_change_is_safe): so it goes around a no-map region within a page.
  private func clash(_ low: Memblock.Region, _ high: Memblock.Region) -> Bool {
    let page = facts.pageSize
    let shared = high.start & ~(page - 1)
    let lowEnd = (low.end + page - 1) & ~(page - 1)
    guard shared < lowEnd else { return false }
    // CONFIG_ARM64_CONT_PTE_SHIFT: 16 pages of 4 KiB, 128 of 16 KiB, 32 of 64 KiB.
    let block: UInt64 = page == 4096 ? 64 << 10 : 2 << 20
    let start = shared & ~(block - 1)
    return low.start & ~(page - 1) <= start && start + block <= lowEnd
      || shared == start && start + block <= (high.end + page - 1) & ~(page - 1)
  }

  // MARK: Zones

  /// arm64_dma_phys_limit: the first address that is out of reach of the DMA zone.
  var zoneLimitOfARM64: UInt64 {
    let start = memblock.startOfMemory
    // A tree may leave no RAM at all.
    let end = max(memblock.endOfMemory, 1)
    guard facts.hasDMAZone || facts.hasDMA32Zone else { return 1 << facts.physicalAddressBits }
    let devices = facts.hasDMAZone ? input.dmaLimit?.value ?? .max : .max
    let fourGiB: UInt64 = 1 << 32
    switch rules.zoneLimit {
    case .powerOfTwo:
      // fls64 of the devices' limit, at most 32.
      let bits = min(32, 64 - UInt64(devices.leadingZeroBitCount))
      var mask: UInt64 = (1 << bits) - 1
      if start > fourGiB - 1 {
        mask = .max
      } else if start > mask {
        mask = fourGiB - 1
      }
      return min(mask, end - 1) + 1
    case .exact:
      guard facts.hasDMAZone else { return min(fourGiB - 1, end - 1) + 1 }
      let limit = start < fourGiB - 1 ? min(devices, fourGiB - 1) : devices
      return min(limit, end - 1) + 1
    }
  }

  /// Where one zone ends and the next begins (arch/arm64/mm/init.c, zone_sizes_init).
  var zoneBordersOfARM64: [UInt64] {
    let fourGiB: UInt64 = 1 << 32
    var borders: [UInt64] = []
    if facts.hasDMAZone { borders.append(zoneLimitOfARM64) }
    if facts.hasDMA32Zone { borders.append(min(fourGiB, memblock.endOfMemory)) }
    return borders
  }
}
