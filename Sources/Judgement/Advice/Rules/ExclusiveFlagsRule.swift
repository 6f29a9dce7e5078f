// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Records

/// A region that can be neither a CMA pool nor a carve-out.
struct ExclusiveFlagsRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("exclusive-flags"), .error, "no-map and reusable exclude each other",
    consequence: "no driver takes the region, so there is no pool (7.x keeps it as a carve-out)",
    origin: "kernel/dma/contiguous.c, rmem_cma_setup",
    remedy: "drop no-map for a CMA pool, and reusable for a carve-out")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.nodes.filter { $0.isSharedPool && $0.isReusable && $0.isNoMap }.map { node in
      description.finding(
        at: subject.place(node.name, "no-map"),
        message: subject.said("OF: reserved mem: node \(node.name) compatible matching fail"))
    }
  }
}
