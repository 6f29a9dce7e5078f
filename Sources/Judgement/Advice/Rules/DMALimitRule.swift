// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A pool beyond what the devices of a bus reach.
struct DMALimitRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("dma-limit"), .warning, "a pool is beyond the end of dma-ranges",
    consequence: "devices on that bus cannot use it: an allocation silently falls back to other "
      + "memory, or fails",
    origin: "kernel/dma/direct.c, dma_coherent_ok", remedy: "give alloc-ranges below the limit")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let limit = subject.modelled.dmaLimit else { return [] }
    return (subject.prediction?.pools ?? []).filter { $0.range.last > limit }.map { pool in
      description.finding(
        at: subject.place(of: pool),
        problem: "\(pool.range) is beyond \(limit), where dma-ranges end",
        remedy: "give alloc-ranges below \(limit)")
    }
  }
}
