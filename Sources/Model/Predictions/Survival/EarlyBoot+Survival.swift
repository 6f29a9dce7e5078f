// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Whether the guest lives with what its pools leave.
extension EarlyBoot {
  /// The lowest watermark of so many bytes (mm/page_alloc.c, calculate_min_free_kbytes).
  private static func watermark(memory: UInt64) -> UInt64 {
    UInt64(Double(memory / 1024 * 16).squareRoot()) * 1024
  }

  /// The next one up, which an allocation has to leave unless it waits for memory to be reclaimed: a
  /// quarter of the lowest one above it, or a thousandth of the memory (__setup_per_zone_wmarks).
  private static func lowWatermark(memory: UInt64) -> UInt64 {
    let lowest = watermark(memory: memory)
    return lowest + max(lowest / 4, memory / 1000)
  }

  /// With so much more than what is taken for sure no guest has died.
  static func margin(memory: UInt64, cpuCount: Int) -> UInt64 {
    2 * watermark(memory: memory) + (16 + 2 * UInt64(cpuCount)) << 20
  }

  /// What may lie in the page lists of other CPUs than the one that needs it.
  static func pageLists(_ rules: KernelRules, cpuCount: Int) -> UInt64 {
    UInt64(max(cpuCount, 1) - 1) * rules.pageListBytes
  }

  /// Whether what is left is enough for the rest of the boot.
  ///
  /// What a kernel takes is computed; how much more it needs to run was found on guests of each
  /// line: of 3840 with little memory none lived with less than its low watermark, the line's
  /// ``KernelRules/leastBootBytes`` and a quarter of a MiB for each CPU, and none died with twice the
  /// lowest watermark, 16 MiB, and 2 MiB for each CPU, besides what the others' page lists may hold.
  /// What lies between depends on where allocations cross pageblocks (boost_watermark).
  mutating func judgeSurvivalOnARM64() {
    let mebibyte: UInt64 = 1 << 20
    var free = prediction.freeBytes.bytes
    let memory = memblock.memorySize
    if rules.poolTime == .beforeMemoryMap {
      guard free > memoryMapBytes else { return fail(.noMemoryMap) }
      free -= memoryMapBytes
    }
    let counted = rules.fileTablesFollowFreeMemory ? free : memory - memory / facts.pageSize * 64
    var pieces = fileTables(for: counted)
    // Entries of 8 bytes, as many as there are pieces of 8 and 16 KiB.
    var most = memory / 1024 + memory / 2048 + UInt64(input.tree.cpuCount) * mebibyte / 4
    if needsBounceBuffers {
      // Less, or none, where the zone has no room for it.
      most += Self.bounceBufferBytes
    } else if facts.hasBounceBuffers, rules.alwaysBounces {
      // kernel/dma/swiotlb.c, swiotlb_adjust_size: IO_TLB_SEGSIZE slots at least, and above
      // IO_TLB_MIN_SLABS half as many until they fit.
      let buffers = max(memory / 1024, mebibyte / 4)
      pieces.append((buffers, least: min(buffers, mebibyte)))
      most += memory / 1024
    }
    judgeSurvival(
      free: free, pools: poolBytes(below: .max), least: bytesTaken(pieces),
      most: most + Self.margin(memory: memory, cpuCount: input.tree.cpuCount)
        + Self.pageLists(rules, cpuCount: input.tree.cpuCount))
  }

  /// The same on 32-bit ARM, where the memory map and the page tables have been taken by now, and
  /// where only lowmem is of use to the kernel itself.
  ///
  /// None of 350 guests with little lowmem died with 11 MiB; arm64's margin is kept.
  mutating func judgeSurvivalOnARM() {
    let memory = mappedBytes
    let most = memory / 1024 + UInt64(input.tree.cpuCount) << 16
    judgeSurvival(
      free: usableFreeBytes, pools: poolBytes(below: lowMemoryEnd),
      least: bytesTaken(fileTables(for: memory)),
      most: most + Self.margin(memory: memory, cpuCount: input.tree.cpuCount))
  }

  /// - Parameters:
  ///   - free: bytes that are left.
  ///   - pools: bytes of pools, which the page allocator has on loan and which count in its watermarks.
  ///   - least: what is taken of that for certain, watermarks and CPUs apart.
  ///   - most: with how much every guest lives.
  private mutating func judgeSurvival(free: UInt64, pools: UInt64, least: UInt64, most: UInt64) {
    let boot = rules.leastBootBytes + UInt64(input.tree.cpuCount) << 18
    if free < least + boot + Self.lowWatermark(memory: free + pools) {
      fail(.outOfMemory)
    } else if free < most {
      prediction.hazards.append(.littleMemory)
    }
  }

  // MARK: Parts

  private func poolBytes(below end: UInt64) -> UInt64 {
    areas.reduce(0) {
      $0 + ($1.isActive && $1.range.last.value < end ? $1.range.size.bytes : 0)
    }
  }

  /// The tables of dentries and of inodes (fs/dcache.c, dcache_init_early; fs/inode.c,
  /// inode_init_early): an entry of a pointer's size for each piece of 8 and of 16 KiB, rounded up
  /// to a power of two (mm/page_alloc.c, since 6.5 mm/mm_init.c, alloc_large_system_hash).
  ///
  /// - Parameter memory: bytes that they are sized by.
  private func fileTables(for memory: UInt64) -> [(size: UInt64, least: UInt64)] {
    let whole = (memory + (1 << 20) - 1) & ~((1 << 20) - 1)
    let entryBytes: UInt64 = facts.longMask == .max ? 8 : 4
    return [UInt64(13), 14].map { scale in
      let entries = max(whole >> scale, facts.pageSize / entryBytes)
      return (entryBytes << UInt64(64 - (entries - 1).leadingZeroBitCount), facts.pageSize)
    }
  }

  /// What comes of pieces of which half as much is taken until it fits.
  private func bytesTaken(_ pieces: [(size: UInt64, least: UInt64)]) -> UInt64 {
    var rest = memblock
    return pieces.reduce(0) { sum, piece in
      var size = piece.size
      while size >= piece.least {
        if rest.allocateBlock(size: size, align: 64) != nil { return sum + size }
        size /= 2
      }
      return sum
    }
  }
}
