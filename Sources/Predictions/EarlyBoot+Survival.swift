// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Whether the guest lives with what its pools leave.
extension EarlyBoot {
  /// mm/page_alloc.c, calculate_min_free_kbytes.
  private static func watermark(memory: UInt64) -> UInt64 {
    UInt64(Double(memory / 1024 * 16).squareRoot()) * 1024
  }

  /// With so much more than what is taken for sure no guest has died.
  static func margin(memory: UInt64, cpuCount: Int) -> UInt64 {
    2 * watermark(memory: memory) + (16 + 2 * UInt64(cpuCount)) << 20
  }

  /// Whether what is left is enough for the rest of the boot.
  ///
  /// What a kernel takes is computed; how much more it needs to run was found on guests of each
  /// line: none lived with less than its lowest watermark (mm/page_alloc.c,
  /// calculate_min_free_kbytes) and 3 MiB, and none died with twice that, 16 MiB, and 2 MiB for
  /// each CPU.
  mutating func judgeSurvivalOnARM64() {
    let mebibyte: UInt64 = 1 << 20
    var free = prediction.freeBytes.bytes
    let memory = memblock.memorySize
    if profile.poolTime == .beforeMemoryMap {
      guard free > memoryMapBytes else { return fail(.noMemoryMap) }
      free -= memoryMapBytes
    }
    // Dentry and inode tables (fs/dcache.c, fs/inode.c): one entry of 8 bytes for 8 and 16 KiB.
    var taken = memory / 1024 + memory / 2048 + UInt64(input.tree.cpuCount) * mebibyte / 4
    var most = taken
    if needsBounceBuffers {
      // Less where the zone has no room for it.
      most += Self.bounceBufferBytes
    } else if facts.hasBounceBuffers, profile.regionOrder == .staticFirst {
      taken += memory / 1024
      most = taken
    }
    if free < taken + Self.watermark(memory: memory) + 3 * mebibyte {
      fail(.outOfMemory)
    } else if free < most + Self.margin(memory: memory, cpuCount: input.tree.cpuCount) {
      prediction.hazards.append(.littleMemory)
    }
  }

  /// The same on 32-bit ARM, where the memory map and the tables have been taken by now, and where
  /// only lowmem is of use to the kernel itself.
  ///
  /// Of 350 guests with little lowmem none lived with less than what is called fatal here, and none
  /// died with 11 MiB; arm64's margin is kept.
  mutating func judgeSurvivalOnARM() {
    let mebibyte: UInt64 = 1 << 20
    let memory = mappedBytes
    let free = usableFreeBytes
    // An entry of a hash table has 4 bytes, and their number is rounded up to a power of two.
    let taken = memory / 1024 + UInt64(input.tree.cpuCount) * mebibyte / 16
    if free < taken + Self.watermark(memory: memory) + mebibyte {
      fail(.outOfMemory)
    } else if free < taken + Self.margin(memory: memory, cpuCount: input.tree.cpuCount) {
      prediction.hazards.append(.littleMemory)
    }
  }
}
