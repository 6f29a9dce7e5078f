// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// A node that wants to reserve memory where no kernel looks for such a node.
struct MisplacedRegionRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("misplaced-region"), .warning,
    "a node that is to reserve memory is not a child of /reserved-memory",
    consequence: "nothing is reserved, and a driver whose memory-region points to it gets an error",
    origin: "drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem (5.10, 6.1: drivers/of/fdt.c, "
      + "__fdt_scan_reserved_mem): it reads the children of /reserved-memory only",
    remedy: "move the node below /reserved-memory at the root, which has ranges and the root's "
      + "#address-cells and #size-cells")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.survey.misplaced.map { description.finding(at: .node(path: $0.text)) }
  }
}
