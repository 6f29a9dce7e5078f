// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The crash kernel on 32-bit ARM (arch/arm/kernel/setup.c, reserve_crashkernel).
extension EarlyBoot where Machine == ARMBoot {
  mutating func reserveCrashKernel() {
    let start = memblock.startOfMemory.alignedUp(to: facts.pageSize)
    // In an unsigned long, which wraps where no RAM is lowmem.
    let memory = (machine.lowMemoryEnd.alignedDown(to: facts.pageSize) &- start) & facts.longMask
    switch crashKernelRequest(memory: memory, keepsZero: rules.reservesZeroCrashKernel) {
    case nil, .high: break
    case .unreadable: refuseCrashKernel(saying: nil)
    case .zeroBytes:
      sayZeroCrashKernel()
      if rules.reservesZeroCrashKernel { reserveCrashKernel(0, base: 0, ofMemory: memory) }
    case .plain(let size, let base): reserveCrashKernel(size, base: base, ofMemory: memory)
    }
  }

  private mutating func reserveCrashKernel(_ size: UInt64, base: UInt64, ofMemory memory: UInt64) {
    let mask = facts.highestAddress
    guard size <= mask else {
      return log.cannotPredict(
        "a crash kernel of \(ByteCount(size)), more than a phys_addr_t holds")
    }
    // CRASH_ALIGN there, and 32 bits for the identity map.
    let align: UInt64 = 128 << 20
    let place =
      base == 0
      ? memblock.allocate(
        size: size, align: align, from: align,
        limit: min(machine.lowMemoryEnd, UInt64(UInt32.max)))
      : memblock.allocate(
        size: size, align: machine.arm.sectionSize, from: base & mask,
        limit: (base &+ size) & mask)
    guard let place else {
      return refuseCrashKernel(
        saying: "crashkernel reservation failed - "
          + (base == 0 ? "No suitable area found." : "memory is in use."))
    }
    noteCrashKernel(place, size, low: nil)
    // Of a place that was asked for no bits are lost here.
    let shown = base == 0 ? place : base
    log.say(
      "Reserving \(size >> 20)MB of memory at \(shown >> 20)MB for crashkernel "
        + "(System RAM: \(memory >> 20)MB)")
  }
}
