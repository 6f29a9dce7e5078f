// SPDX-License-Identifier: Apache-2.0

/// How many tables a set of mappings needs below the top one (arch/arm64/mm/mmu.c,
/// __create_pgd_mapping), counted without writing any.
struct PageTables {
  private let pageShift: UInt64
  private let bitsPerLevel: UInt64
  /// Levels below the top one: 2 for 39-bit addresses and 4 KiB pages.
  private let lowerLevels: Int
  /// For each level from the last one up: runs of what one table of it maps, rising and apart.
  private var runs: [[Range<UInt64>]]
  /// The number of tables, the top one not counted.
  private(set) var count: UInt64 = 0

  init(_ facts: KernelFacts) {
    pageShift = UInt64(facts.pageSize.trailingZeroBitCount)
    bitsPerLevel = pageShift - 3
    // arch/arm64/include/asm/pgtable-hwdef.h, ARM64_HW_PGTABLE_LEVELS.
    let levels = (facts.virtualAddressBits - 4) / bitsPerLevel
    lowerLevels = Int(levels) - 1
    runs = Array(repeating: [], count: max(0, lowerLevels))
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
        add(first..<last + 1, at: level)
        continue
      }
      if start & (bytes - 1) != 0 || end < (first + 1) << shift {
        add(first..<first + 1, at: level)
      }
      if end & (bytes - 1) != 0, last != first { add(last..<last + 1, at: level) }
    }
  }

  /// Joins a run with those that it touches; most come in rising order, and cost nothing.
  private mutating func add(_ run: Range<UInt64>, at level: Int) {
    let first = firstRun(of: level, upTo: run.lowerBound)
    var joined = run
    var end = first
    while end < runs[level].count, runs[level][end].lowerBound <= run.upperBound {
      let known = runs[level][end]
      joined =
        min(joined.lowerBound, known.lowerBound)..<max(joined.upperBound, known.upperBound)
      count -= known.upperBound - known.lowerBound
      end += 1
    }
    count += joined.upperBound - joined.lowerBound
    runs[level].replaceSubrange(first..<end, with: CollectionOfOne(joined))
  }

  /// The index of the first run that does not end below `start`.
  private func firstRun(of level: Int, upTo start: UInt64) -> Int {
    var low = 0
    var high = runs[level].count
    while low < high {
      let middle = (low + high) / 2
      if runs[level][middle].upperBound < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
