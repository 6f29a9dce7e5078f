// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A region that a 32-bit ARM kernel maps for DMA, with other memory in its 2 MiB.
struct UnmappedMemoryRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("unmapped-memory"), .error,
    "what is beside a reusable region is taken out of the kernel's mapping",
    consequence: "the kernel faults when it uses that memory, at once or much later",
    origin: "arch/arm/mm/dma-mapping.c, dma_contiguous_remap (since 6.17 of refused regions, too)",
    remedy: "begin and end the region at multiples of 4 MiB, away from the kernel")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    (subject.prediction?.exposures ?? []).filter { $0.hazard == .unmappedMemory }.map { exposure in
      description.finding(
        at: subject.placement(of: exposure.pool),
        problem: "\(exposure.range) takes \(exposure.other ?? "") out of the mapping")
    }
  }
}
