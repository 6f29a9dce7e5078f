// SPDX-License-Identifier: Apache-2.0

/// What the rest of a boot has, once the pools are placed, and needs.
///
/// What a kernel takes is computed; how much more it needs to run was found on guests of each line: of
/// 3840 with little memory none lived with less than its low watermark, the line's
/// ``KernelRules/leastBootBytes`` and a quarter of a MiB for each CPU, and none died with twice the
/// lowest watermark, 16 MiB, and 2 MiB for each CPU, besides what the others' page lists may hold.
/// What lies between depends on where allocations cross pageblocks (boost_watermark).
struct SurvivalEstimate: Hashable {
  /// Bytes that are left.
  let free: UInt64
  /// Bytes of pools, which the page allocator has on loan and which count in its watermarks.
  let pools: UInt64
  /// Bytes of areas that are given up, which a kernel has when it comes to activate them
  /// (mm/cma.c, cma_activate_area): too late for one that needs them before.
  var givenUp: UInt64 = 0
  /// What is taken of that for certain, watermarks apart.
  let least: UInt64
  /// With how much every guest lives.
  let most: UInt64

  enum Outcome: Hashable {
    case dies
    case mayDie
    case lives
  }

  var outcome: Outcome {
    let late = free + givenUp
    if late < least + Watermark(memory: late + pools).low { return .dies }
    return free < most ? .mayDie : .lives
  }

  /// What else boot takes at least: for itself, and for each CPU.
  static func leastOfBoot(_ rules: KernelRules, cpuCount: Int) -> UInt64 {
    rules.leastBootBytes + UInt64(cpuCount) << 18
  }

  /// With so much more than what is taken for certain no guest has died.
  static func margin(memory: UInt64, cpuCount: Int) -> UInt64 {
    2 * Watermark(memory: memory).lowest + (16 + 2 * UInt64(cpuCount)) << 20
  }

  /// What may lie in the page lists of other CPUs than the one that needs it.
  static func pageLists(_ rules: KernelRules, cpuCount: Int) -> UInt64 {
    UInt64(max(cpuCount, 1) - 1) * rules.pageListBytes
  }
}

/// What the page allocator keeps back of so many bytes.
struct Watermark: Hashable {
  let memory: UInt64

  /// mm/page_alloc.c, calculate_min_free_kbytes.
  var lowest: UInt64 { UInt64(Double(memory / 1024 * 16).squareRoot()) * 1024 }

  /// The next one up, which an allocation has to leave unless it waits for memory to be reclaimed: a
  /// quarter of the lowest one above it, or a thousandth of the memory (__setup_per_zone_wmarks).
  var low: UInt64 { lowest + max(lowest / 4, memory / 1000) }
}

/// Something that is allocated half as large until it fits.
struct ShrinkingPiece: Hashable {
  var size: UInt64
  let least: UInt64

  /// The tables of dentries and of inodes (fs/dcache.c, dcache_init_early; fs/inode.c,
  /// inode_init_early): an entry of a pointer's size for each piece of 8 and of 16 KiB, rounded up
  /// to a power of two (mm/page_alloc.c, since 6.5 mm/mm_init.c, alloc_large_system_hash).
  ///
  /// - Parameter memory: bytes that they are sized by.
  static func fileTables(for memory: UInt64, _ facts: KernelFacts) -> [ShrinkingPiece] {
    let whole = memory.alignedUp(to: 1 << 20)
    let entryBytes: UInt64 = facts.longMask == .max ? 8 : 4
    return [UInt64(13), 14].map { scale in
      let entries = max(whole >> scale, facts.pageSize / entryBytes)
      return ShrinkingPiece(
        size: entryBytes << UInt64(64 - (entries - 1).leadingZeroBitCount),
        least: facts.pageSize)
    }
  }
}

extension Memblock {
  /// What becomes of such pieces, taken one after the other, in bytes.
  func bytesTaken(by pieces: [ShrinkingPiece]) -> UInt64 {
    var rest = self
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
