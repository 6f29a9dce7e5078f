// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Records

/// A region that asks for nothing.
struct NoPlaceRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("no-place"), .error, "the node has neither reg nor size",
    consequence: "it is ignored",
    origin: "drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem "
      + "(5.10, 6.1: drivers/of/fdt.c, __fdt_scan_reserved_mem)",
    remedy: "write size, or reg for a place of your choice")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.nodes.compactMap { node in
      guard case .nowhere = node.placement else { return nil }
      return description.finding(at: subject.place(node.name))
    }
  }
}
