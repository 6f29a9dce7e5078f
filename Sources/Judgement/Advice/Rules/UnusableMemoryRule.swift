// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// RAM that a kernel cannot map or use, whatever its pools.
struct UnusableMemoryRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("unusable-memory"), .error, "the kernel cannot map or use the RAM as it is",
    consequence: "the kernel usually dies silently",
    origin: "arch/arm64/mm/mmu.c, pgattr_change_is_safe; arch/arm/mm/mmu.c, arm_pte_alloc; "
      + "mm/memblock.c, __free_memory_core",
    remedy: "begin and end banks and no-map regions at multiples of a page, or of 2 MiB on 32-bit "
      + "arm; keep the last 2 MiB below 4 GiB out of banks there")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let fatality = subject.prediction?.fatality, fatality.isOfLayout else { return [] }
    let facts = subject.facts
    let (origin, remedy) =
      switch (fatality, facts.architecture) {
      case (.mixedMapping, .arm64):
        (
          "arch/arm64/mm/mmu.c, pgattr_change_is_safe",
          "begin and end no-map regions at multiples of \(ByteCount(facts.pageSize))"
        )
      case (.mixedMapping, .arm):
        (
          "arch/arm/mm/mmu.c, arm_pte_alloc",
          "begin and end banks and no-map regions at multiples of 2 MiB, or build with LPAE"
        )
      default:
        (
          "mm/memblock.c, __free_memory_core",
          "keep the last 2 MiB below 4 GiB out of the bank, or build with LPAE"
        )
      }
    return [
      description.finding(
        at: .node(path: "/"), problem: fatality.words, origin: origin, remedy: remedy)
    ]
  }
}
