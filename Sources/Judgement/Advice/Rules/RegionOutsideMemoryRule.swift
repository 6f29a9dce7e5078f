// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A region that is no pool, where no RAM is.
struct RegionOutsideMemoryRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("region-outside-memory"), .note, "a region is where there is no RAM",
    consequence: "the range is noted, and there is nothing to set aside",
    origin: "drivers/of/of_reserved_mem.c, early_init_dt_reserve_memory",
    remedy: "omit it unless boards with more RAM have some there, or it keeps the kernel from "
      + "mapping something")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard subject.prediction != nil else { return [] }
    return subject.fixedRegions.compactMap { node, range in
      guard !node.isPool, let outside = range.subtracting(subject.modelled.banks).first else {
        return nil
      }
      return description.finding(
        at: subject.place(node.name, "reg"), problem: "\(outside) is not RAM",
        remedy: subject.isUsed(node.name)
          ? "none where its driver expects it there: on-chip memory, RAM that firmware keeps, or RAM "
            + "that the boot loader adds"
          : nil)
    }
  }
}
