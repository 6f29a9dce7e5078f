// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What is arm64's own of early memory (arch/arm64/mm/init.c).
struct ARM64Boot: BootArchitecture {
  let facts: KernelFacts
  let input: EarlyMemory

  private var rules: KernelRules { facts.rules }

  // MARK: Zones

  /// arm64_dma_phys_limit: the first address that is out of reach of the DMA zone. Before the kernel
  /// maps RAM, arm64_dma32_phys_limit: that of 32 bits.
  func dmaLimit(_ memblock: Memblock) -> UInt64 {
    let followsDevices = rules.zonesFollowDevices && rules.poolTime != .beforePaging
    return zoneLimit(memblock, devices: followsDevices ? input.dmaLimit?.value ?? .max : .max)
  }

  /// - Parameter devices: the highest address that all devices reach.
  private func zoneLimit(_ memblock: Memblock, devices: UInt64) -> UInt64 {
    let start = memblock.startOfMemory
    // A tree may leave no RAM at all.
    let end = max(memblock.endOfMemory, 1)
    guard facts.hasDMAZone || facts.hasDMA32Zone else { return 1 << facts.physicalAddressBits }
    let devices = facts.hasDMAZone ? devices : .max
    let fourGiB: UInt64 = 1 << 32
    switch rules.zoneLimit {
    case .fourGiBFromStart:
      // Below 4 GiB what fewer bits reach is a zone of its own.
      let bits = min(32, 64 - UInt64(devices.leadingZeroBitCount))
      return min(start.alignedDown(to: fourGiB) + 1 << bits, end)
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

  func highMemoryStart(_ memblock: Memblock) -> UInt64 { memblock.endOfMemory }

  func zoneBorders(_ memblock: Memblock) -> [UInt64] {
    var borders: [UInt64] = []
    if facts.hasDMAZone {
      let devices = rules.zonesFollowDevices ? input.dmaLimit?.value ?? .max : .max
      borders.append(zoneLimit(memblock, devices: devices))
    }
    if facts.hasDMA32Zone { borders.append(min(1 << 32, memblock.endOfMemory)) }
    return borders
  }

  func bounceBuffers(_ memblock: Memblock) -> BounceBuffers? {
    guard facts.hasBounceBuffers else { return nil }
    let limit = dmaLimit(memblock)
    let areNeeded = memblock.endOfMemory > limit
    return areNeeded || rules.needlessBounces == .full ? BounceBuffers(end: limit) : nil
  }

  // MARK: The kernel

  var coherentPoolsAreUnmapped: Bool { false }

  var reservedKernelStart: UInt64 {
    input.kernel.value + (rules.reservesFromStext ? facts.image.textStart : 0)
  }

  /// All of RAM is mapped for DMA.
  mutating func announcePool(_ name: String, at start: UInt64, size: UInt64) {}

  var treeNodeSizes: (node: UInt64, property: UInt64) {
    (rules.deviceNodeBytes, rules.propertyBytes)
  }

  func mappedBytes(_ memblock: Memblock) -> UInt64 { memblock.memorySize }

  /// memstart_addr: RAM's start, rounded down to ARM64_MEMSTART_ALIGN
  /// (arch/arm64/include/asm/kernel-pgtable.h).
  func memoryStart(_ memblock: Memblock) -> UInt64 {
    let shift: UInt64 = facts.pageSize == 65_536 ? 29 : 30
    return memblock.startOfMemory.alignedDown(to: max(1 << shift, facts.sectionSize))
  }

  /// The last `mem=`, in whole pages (early_mem).
  var memoryLimit: UInt64? {
    input.commandLine.memoryParameters.last?.size.alignedDown(to: facts.pageSize)
  }

  /// Whether `crashkernel=` makes the linear map consist of pages, so that the memory can be taken
  /// out of it.
  var crashKernelMapsPages: Bool {
    guard facts.hasCrashKernel, rules.crashKernelMapsPages else { return false }
    return PoolArgument.words(input.commandLine).contains {
      $0.prefix { $0 != UInt8(ascii: "=") }.elementsEqual("crashkernel".utf8)
    }
  }
}
