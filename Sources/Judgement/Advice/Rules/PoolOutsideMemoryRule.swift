// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A pool where no RAM is, which no kernel checks.
struct PoolOutsideMemoryRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("pool-outside-memory"), .error, "a pool is where there is no RAM",
    consequence: "pages that do not exist are given to the page allocator: counters underflow, and "
      + "the kernel panics or corrupts itself",
    origin:
      "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not whether it "
      + "is RAM",
    remedy: "move the region into a bank, or write size and alloc-ranges")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard subject.prediction != nil else { return [] }
    return subject.fixedRegions.compactMap { node, range in
      guard node.isPool, let outside = range.subtracting(subject.modelled.banks).first else {
        return nil
      }
      return description.finding(
        at: subject.place(node.name, "reg"), problem: "\(outside) is not RAM")
    }
  }
}
