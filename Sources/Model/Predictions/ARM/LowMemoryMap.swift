// SPDX-License-Identifier: Apache-2.0

/// The kernel's own mapping of lowmem on 32-bit ARM (arch/arm/mm/mmu.c, alloc_init_pmd): sections, and a
/// table of pages where an end of a range is no section boundary.
struct LowMemoryMap {
  let sectionSize: UInt64
  /// Blocks of which the first half is a section.
  private var halves: Set<UInt64> = []
  private var tables: Set<UInt64> = []
  /// Whether a table was wanted where a section is: without LPAE a table maps two sections' worth, and
  /// the kernel takes the first one for a table (arm_pte_alloc, BUG_ON).
  private(set) var isBroken = false

  init(sectionSize: UInt64) {
    self.sectionSize = sectionSize
  }

  /// - Returns: how many tables are new.
  mutating func map(_ start: UInt64, _ end: UInt64) -> UInt64 {
    let reach = ARMBoot.tableReach
    var count: UInt64 = 0
    for block in Set([start / reach, (end - 1) / reach]).sorted() {
      let first = max(start, block * reach)
      let last = min(end, (block + 1) * reach)
      if (first | last) % sectionSize == 0 {
        if first == block * reach { halves.insert(block) }
      } else if halves.contains(block) {
        isBroken = true
      } else if tables.insert(block).inserted {
        count += 1
      }
    }
    return count
  }
}
