// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Records

/// More than one default pool.
struct DefaultTwiceRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("default-twice"), .warning, "several nodes have linux,cma-default",
    consequence: "each becomes a pool, and the one that is set up last is the default",
    origin: "kernel/dma/contiguous.c, rmem_cma_setup",
    remedy: "keep linux,cma-default in one node")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let names = subject.nodes.filter(\.isDefault).map(\.name)
    guard names.count > 1, let last = names.last else { return [] }
    return [
      description.finding(
        at: subject.place(last, "linux,cma-default"),
        problem: "\(names.count) nodes have linux,cma-default: \(names.joined(separator: ", "))",
        message: subject.said("Reserved memory: created CMA memory pool at"))
    ]
  }
}
