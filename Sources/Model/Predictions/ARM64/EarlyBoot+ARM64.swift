// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The order of early memory on arm64, and what it takes for its tables.
extension EarlyBoot where Machine == ARM64Boot {
  /// start_kernel, setup_arch (arch/arm64/kernel/setup.c) and what it calls, up to the pools and what
  /// is taken right after them.
  mutating func run() {
    placePools()
    finish()
  }

  private mutating func placePools() {
    lookAtParameters()
    memblock.addBanks(input.banks, from: 0)
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, .deviceTree)
    capMemory()
    clipMemory()
    reserveInitramfsAndKernel()
    scanReservedMemory()
    if rules.crashKernelFirst { reserveCrashKernel() }
    if rules.poolTime == .beforePaging { reserveDefaultPool() }
    mapMemory()
    // A kernel that cannot map its RAM comes to nothing more.
    guard log.prediction.fatality == nil else { return }
    if rules.regionOrder == .staticFirst { setUpStaticRegions() }
    unflattenTree()
    takeNodeData()
    if rules.poolTime != .beforeMemoryMap { makeMemoryMap() }
    if rules.poolTime != .beforePaging { reserveDefaultPool() }
    if !rules.crashKernelFirst { reserveCrashKernel() }
  }

  /// arch/arm64/mm/init.c, arm64_memblock_init: what the linear map cannot show, and `mem=`.
  private mutating func clipMemory() {
    memblock.remove(1 << facts.physicalAddressBits, size: .max)
    let linear: UInt64 = 1 << (facts.virtualAddressBits - 1)
    let imageEnd = input.kernel.value + facts.image.size
    let mapEnd = machine.memoryStart(memblock) + linear
    memblock.remove(max(mapEnd, imageEnd), size: .max)
    if machine.memoryStart(memblock) + linear < memblock.endOfMemory {
      log.cannotPredict("RAM spans more than the linear map's \(ByteCount(linear))")
    }
    guard let limit = machine.memoryLimit else { return }
    memblock.limitMemory(to: limit)
    memblock.add(input.kernel.value, size: facts.image.size)
  }

  /// bootmem_init, arch_numa_init. Where a kernel has said where its node's data lie, all above them in
  /// that bank is taken: memblock gives out the highest address that is free.
  private mutating func takeNodeData() {
    guard let bytes = facts.nodeDataBytes else { return }
    guard let known = input.nodeData,
      let bank = memblock.memory.first(where: {
        $0.start <= known.start.value && known.last.value < $0.start + $0.size
      }), !memblock.isReserved(known.start.value, size: known.size.bytes)
    else {
      if let distances = facts.nodeDistanceBytes {
        take(distances, align: facts.pageSize, .nodeData)
      }
      return take(bytes.lowerBound, align: 64, .nodeData)
    }
    reserve(known.start.value, known.size.bytes, .nodeData)
    memblock.reserve(
      known.last.value + 1, size: bank.start + bank.size - known.last.value - 1)
  }

  private mutating func reserveInitramfsAndKernel() {
    if let pages = input.initramfs?.pages(of: facts.pageSize) {
      if isInLinearMap(pages) {
        memblock.add(pages.start, size: pages.size)
        reserve(pages.start, pages.size, .initramfs)
      } else {
        log.remark("the kernel ignores its initramfs, which the linear map does not show whole")
      }
    }
    let start = machine.reservedKernelStart
    reserve(start, input.kernel.value + facts.image.size - start, .kernel)
  }

  /// What arm64_memblock_init asks of an initramfs ("initrd not fully accessible via the linear
  /// mapping"): so that no more is RAM than can be mapped.
  private func isInLinearMap(_ pages: (start: UInt64, size: UInt64)) -> Bool {
    guard let lowest = memblock.memory.first?.start, pages.start >= lowest else { return false }
    let linear: UInt64 = 1 << (facts.virtualAddressBits - 1)
    let offset = pages.start - lowest
    return offset <= linear && pages.size <= linear - offset
  }
}

extension Memblock {
  /// drivers/of/fdt.c, early_init_dt_add_memory_arch: whole pages.
  ///
  /// - Parameter lowest: below it there is none.
  mutating func addBanks(_ banks: [PhysicalRange], from lowest: UInt64, upTo highest: UInt64 = .max)
  {
    for bank in banks {
      let start = max(bank.start.value.alignedUp(to: pageSize), lowest)
      let end = (bank.last.value &+ 1).alignedDown(to: pageSize)
      if start < end, start <= highest { add(start, size: end - start) }
    }
  }

  /// `mem=size[@start]` of 32-bit ARM: the first replaces all RAM, each adds some (early_mem and
  /// arm_add_memory in arch/arm/kernel/setup.c).
  mutating func replaceMemory(
    by parameters: [MemoryParameter], from lowest: UInt64, upTo highest: UInt64
  ) {
    if !parameters.isEmpty { remove(0, size: .max) }
    for parameter in parameters {
      let asked = parameter.start ?? lowest
      let start = max(asked.alignedUp(to: pageSize), lowest)
      // A page is lost at the end of 32 bits.
      let end = min(asked &+ parameter.size, highest).alignedDown(to: pageSize)
      if start < end { add(start, size: end - start) }
    }
  }

  /// memblock_mem_limit_remove_map, as far as it removes: `limit` bytes of RAM are left.
  mutating func limitMemory(to limit: UInt64) {
    var rest = limit
    for region in memory {
      if rest <= region.size {
        remove(region.start + rest, size: .max)
        free(region.start + rest, size: .max)
        return
      }
      rest -= region.size
    }
  }
}

extension PhysicalRange {
  /// The whole pages that it lies in.
  func pages(of size: UInt64) -> (start: UInt64, size: UInt64) {
    let first = start.value.alignedDown(to: size)
    // The last byte of the last page, which may be that of all addresses.
    return (first, (last.value | (size - 1)) - first &+ 1)
  }
}
