// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The order of early memory on 32-bit ARM (arch/arm/kernel/setup.c, setup_arch; arch/arm/mm).
///
/// Unlike on arm64 the pools come before all tables, which then have to fit beside them.
extension EarlyBoot where Machine == ARMBoot {
  mutating func run() {
    lookAtParameters()
    // Whole pages, none below the kernel's own start, none that a phys_addr_t cannot name.
    memblock.addBanks(
      input.banks, from: machine.physicalOffset, upTo: facts.highestAddress)
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, .deviceTree)
    applyMemoryParameters()
    machine.adjustLowMemory(&memblock)
    reserveImages()
    scanReservedMemory()
    reserveDefaultPool()
    // Regions that are not mapped have changed what there is.
    machine.adjustLowMemory(&memblock)
    mapLowMemory()
    makeMemoryMap()
    request(ofResources: memblock.memory.count { !$0.isNoMap })
    unflattenTree()
    reserveCrashKernel()
    takeBounceBuffers()
    finish()
  }

  /// `mem=size[@start]`: the first replaces all RAM, each adds some (early_mem and arm_add_memory in
  /// arch/arm/kernel/setup.c).
  private mutating func applyMemoryParameters() {
    let page = facts.pageSize
    let parameters = input.commandLine.memoryParameters
    if !parameters.isEmpty { memblock.remove(0, size: .max) }
    for parameter in parameters {
      let asked = parameter.start ?? machine.physicalOffset
      let start = max(asked.alignedUp(to: page), machine.physicalOffset)
      // A page is lost at the end of 32 bits.
      let end = min(asked &+ parameter.size, facts.highestAddress).alignedDown(to: page)
      if start < end { memblock.add(start, size: end - start) }
    }
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
