// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A pool over an entry of `/memreserve/`, of which no kernel says a word.
struct PoolOverReservationRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("pool-over-memreserve"), .error, "a pool is over a /memreserve/ entry",
    consequence:
      "what the boot loader or the firmware keeps there is given to the page allocator, and "
      + "overwritten",
    origin: "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not by whom",
    remedy: "move the region, or drop the entry where nothing is kept there")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let files = [subject.modelled.deviceTree] + [subject.modelled.initramfs].compactMap(\.self)
    return subject.fixedPools.flatMap { name, range in
      // Boot loaders list the files that they have loaded there as well.
      subject.modelled.memoryReservations
        .filter { $0.overlaps(range) && !files.contains($0) }
        .map { entry in
          description.finding(
            at: subject.place(name, "reg"), problem: "\(range) has the /memreserve/ of \(entry)")
        }
    }
  }
}
