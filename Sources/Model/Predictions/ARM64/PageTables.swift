// SPDX-License-Identifier: Apache-2.0

/// How many tables a set of mappings needs below the top one (arch/arm64/mm/mmu.c,
/// __create_pgd_mapping), counted without writing any.
struct PageTables {
  private let pageShift: UInt64
  private let bitsPerLevel: UInt64
  /// Levels below the top one: 2 for 39-bit addresses and 4 KiB pages.
  private let lowerLevels: Int
  /// For each level from the last one up: runs of what one table of it maps, `start ..< end`.
  private var runs: [[(start: UInt64, end: UInt64)]]

  init(_ facts: KernelFacts) {
    pageShift = UInt64(facts.pageSize.trailingZeroBitCount)
    bitsPerLevel = pageShift - 3
    // arch/arm64/include/asm/pgtable-hwdef.h, ARM64_HW_PGTABLE_LEVELS.
    let levels = (facts.virtualAddressBits - 4) / bitsPerLevel
    lowerLevels = Int(levels) - 1
    runs = Array(repeating: [], count: max(0, lowerLevels))
  }

  /// The number of tables, the top one not counted.
  var count: UInt64 {
    runs.reduce(0) { sum, level in
      var covered: UInt64 = 0
      var reached: UInt64 = 0
      for run in level.sorted(by: { $0.start < $1.start }) {
        let start = max(run.start, reached)
        if start < run.end {
          covered += run.end - start
          reached = run.end
        }
      }
      return sum + covered
    }
  }

  /// Maps `size` bytes.
  ///
  /// - Parameter blocks: whether an entry above the last level may map a whole block: of 2 MiB and
  ///   1 GiB with 4 KiB pages, of 32 MiB with 16 KiB and 512 MiB with 64 KiB.
  mutating func map(_ virtual: UInt64, to physical: UInt64, size: UInt64, blocks: Bool) {
    guard size > 0 else { return }
    let start = virtual
    // A tree may have RAM where no kernel maps it.
    let (end, isBeyond) = virtual.addingReportingOverflow(size)
    guard !isBeyond else { return }
    for level in 0..<runs.count {
      let shift = pageShift + bitsPerLevel * UInt64(level + 1)
      let bytes: UInt64 = 1 << shift
      // Only 4 KiB pages have blocks on the level above (pud_sect_supported).
      let isBlock =
        blocks && (level == 0 || level == 1 && pageShift == 12)
        && (virtual ^ physical) & (bytes - 1) == 0
      let first = start >> shift
      let last = (end - 1) >> shift
      guard isBlock else {
        runs[level].append((first, last + 1))
        continue
      }
      if start & (bytes - 1) != 0 || end < (first + 1) << shift {
        runs[level].append((first, first + 1))
      }
      if end & (bytes - 1) != 0, last != first { runs[level].append((last, last + 1)) }
    }
  }
}
