// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The order of early memory on 32-bit ARM (arch/arm/kernel/setup.c, setup_arch; arch/arm/mm).
///
/// Unlike on arm64 the pools come before all tables, which then have to fit beside them.
extension EarlyBoot where Machine == ARMBoot {
  mutating func run() {
    lookAtParameters()
    lookAtPlace()
    // Whole pages, none below the kernel's own start, none that a phys_addr_t cannot name.
    memblock.addBanks(
      input.banks, from: machine.physicalOffset, upTo: facts.highestAddress)
    capMemoryForUnpacking()
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, .deviceTree)
    memblock.replaceMemory(
      by: input.commandLine.memoryParameters, from: machine.physicalOffset,
      upTo: facts.highestAddress)
    adjustLowMemory()
    reserveImages()
    scanReservedMemory()
    reserveDefaultPool()
    // Regions that are not mapped have changed what there is.
    adjustLowMemory()
    mapLowMemory()
    // A kernel that cannot map its RAM comes to nothing more.
    guard log.prediction.fatality == nil else { return finish() }
    if rules.poolTime != .beforeMemoryMap { makeMemoryMap() }
    request(ofResources: memblock.memory.count { !$0.isNoMap })
    if rules.regionOrder == .staticFirst {
      setUpStaticRegions()
      // After the kernel has chosen, a region becomes the default pool all the same.
      if areas.hasDefaultRegion { log.decide(.deviceTree) }
    }
    unflattenTree()
    reserveCrashKernel()
    if rules.poolTime == .beforeMemoryMap { makeMemoryMap() }
    takeBounceBuffers()
    finish()
  }

  /// A kernel that cannot patch itself for its place stops before it has a console.
  private mutating func lookAtPlace() {
    let unit = rules.patchUnit
    guard machine.physicalOffset % unit != machine.arm.pageOffset % unit else { return }
    log.cannotPredict(
      "the kernel runs \(ByteCount(machine.physicalOffset % unit)) behind a multiple of "
        + "\(ByteCount(unit)), where a kernel before 5.11 does not start")
  }

  /// The program that unpacks the kernel puts it at the start of what may be used
  /// (arch/arm/boot/compressed/fdt_check_mem_start.c).
  private mutating func capMemoryForUnpacking() {
    capMemory()
    guard !input.capture.usableRanges.isEmpty,
      memblock.startOfMemory.alignedUp(to: ARMBoot.tableReach) != machine.physicalOffset
    else { return }
    log.cannotPredict("linux,usable-memory-range moves the kernel to where that begins")
  }

  /// adjust_lowmem_bounds, and what it says.
  private mutating func adjustLowMemory() {
    let mapped = memblock.memory.filter { !$0.isNoMap }
    guard let ignored = machine.adjustLowMemory(&memblock) else { return }
    log.say("Ignoring RAM at \(facts.padded(ignored.start))-\(facts.padded(ignored.end))")
    log.say("Consider using a HIGHMEM enabled kernel.")
    let lost = mapped.reduce(0) { sum, region in
      sum + (region.end > ignored.start ? region.end - max(region.start, ignored.start) : 0)
    }
    log.remark(
      lost == 0
        ? "RAM that the kernel ignores from \(PhysicalAddress(ignored.start)) on is not to be "
          + "mapped (no-map): nothing is lost"
        : "\(ByteCount(lost)) of RAM from \(PhysicalAddress(ignored.start)) on are lost to a "
          + "kernel without CONFIG_HIGHMEM: enable it, or choose another CONFIG_VMSPLIT")
  }

  /// arm_memblock_init (arch/arm/mm/init.c): the image from `_stext` on, the initramfs, and the
  /// tables that the kernel started with.
  private mutating func reserveImages() {
    let image = facts.image
    reserve(machine.reservedKernelStart, image.size - image.textStart, .kernel)
    // init/initramfs.c, reserve_initrd_mem: else there is none.
    if let pages = input.initramfs?.pages(of: facts.pageSize),
      memblock.isMemory(pages.start, size: pages.size),
      !memblock.isReserved(pages.start, size: pages.size)
    {
      reserve(pages.start, pages.size, .initramfs)
    }
    let tables = machine.arm.firstTablesSize
    reserve(input.kernel.value - tables, tables, .pageTables)
  }
}
