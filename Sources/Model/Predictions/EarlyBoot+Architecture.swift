// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What the steps that all architectures share have to know of the one that boots: the only place
/// where a boot asks which it is.
extension EarlyBoot {
  /// start_kernel and setup_arch, up to the pools and what is taken right after them.
  mutating func run() {
    if let arm = facts.arm { runARM(arm) } else { runARM64() }
    finish()
  }

  /// Where the search for the default pool ends: what dma_contiguous_reserve is called with.
  var dmaLimit: UInt64 {
    switch facts.architecture {
    case .arm64: zoneLimitOfARM64
    // arm_dma_limit without a DMA zone (arch/arm/mm/mm.h).
    case .arm: facts.highestAddress
    }
  }

  /// The first address that the kernel does not map for good (`__pa(high_memory - 1) + 1`): the end of
  /// RAM on arm64, of lowmem on arm.
  var highMemoryStart: UInt64 {
    switch facts.architecture {
    case .arm64: memblock.endOfMemory
    case .arm: lowMemoryEnd
    }
  }

  /// Addresses at which one zone ends and another begins (zone_sizes_init).
  var zoneBorders: [UInt64] {
    switch facts.architecture {
    case .arm64: zoneBordersOfARM64
    case .arm: [lowMemoryEnd]
    }
  }

  /// IO_TLB_DEFAULT_SIZE (include/linux/swiotlb.h).
  static var bounceBufferBytes: UInt64 { 64 << 20 }

  static var bounceBufferOwner: String { "bounce buffers" }

  /// Whether boot sets memory aside for devices that do not reach all RAM (mem_init).
  var needsBounceBuffers: Bool {
    guard facts.hasBounceBuffers else { return false }
    switch facts.architecture {
    case .arm64: return memblock.endOfMemory > dmaLimit
    // max_pfn > arm_dma_pfn_limit, which is the last page of 32 bits, not the one behind it.
    case .arm: return memblock.endOfMemory >= 1 << 32
    }
  }

  /// Below which address they have to lie.
  var bounceBufferEnd: UInt64 {
    switch facts.architecture {
    case .arm64: dmaLimit
    case .arm: lowMemoryEnd
    }
  }

  /// Whether a `shared-dma-pool` that is not reusable has to be no-map as well
  /// (kernel/dma/coherent.c, rmem_dma_setup).
  var coherentPoolsAreUnmapped: Bool {
    switch facts.architecture {
    case .arm64: false
    case .arm: true
    }
  }

  /// Of the image, what is reserved first.
  var reservedKernelStart: UInt64 {
    switch facts.architecture {
    case .arm64:
      input.kernel.value + (rules.reservesFromStext ? facts.image.textStart : 0)
    case .arm: input.kernel.value + facts.image.textStart
    }
  }

  /// sizeof struct device_node and struct property.
  var nodeSizes: (node: UInt64, property: UInt64) {
    switch facts.architecture {
    case .arm64: (rules.deviceNodeBytes, rules.propertyBytes)
    case .arm: (108, 48)
    }
  }

  mutating func judgeSurvival() {
    switch facts.architecture {
    case .arm64: judgeSurvivalOnARM64()
    case .arm: judgeSurvivalOnARM()
    }
  }

  /// Free memory that the kernel itself can use, once what boot takes for certain is taken.
  var usableFreeBytes: UInt64 {
    switch facts.architecture {
    case .arm64: memblock.freeRanges.reduce(0) { $0 + $1.size }
    case .arm:
      memblock.freeRanges.reduce(0) { sum, range in
        sum + (range.start < lowMemoryEnd ? min(range.end, lowMemoryEnd) - range.start : 0)
      }
    }
  }

  /// How much RAM the kernel's own tables are sized by.
  var mappedBytes: UInt64 {
    switch facts.architecture {
    case .arm64: memblock.memorySize
    case .arm:
      memblock.memory.reduce(0) { sum, range in
        sum + (range.start < lowMemoryEnd ? min(range.end, lowMemoryEnd) - range.start : 0)
      }
    }
  }
}
