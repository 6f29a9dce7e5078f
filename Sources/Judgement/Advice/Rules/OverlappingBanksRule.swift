// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// Two memory nodes, or two entries of one, that claim the same RAM.
struct OverlappingBanksRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("overlapping-banks"), .warning, "two banks of RAM overlap",
    consequence:
      "the kernel counts the RAM once and goes on: one of the two is not what the board has",
    origin: "mm/memblock.c, memblock_add_range",
    remedy: "write each bank with its own start and size")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let banks = subject.memory.banks
    return banks.indices.compactMap { index in
      guard let other = banks[..<index].first(where: { $0.overlaps(banks[index]) }) else {
        return nil
      }
      let start = String(banks[index].start.value, radix: 16)
      return description.finding(
        at: .node(path: "/memory@\(start)", property: "reg"),
        problem: "RAM at \(banks[index]) overlaps RAM at \(other)")
    }
  }
}
