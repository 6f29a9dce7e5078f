// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// Regions that leave memory out of the kernel's mapping, which the kernel goes on to use.
struct UnmappedMemoryRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("unmapped-memory"), .error,
    "a region leaves memory that the kernel uses out of its mapping",
    consequence: "the kernel faults when it uses that memory, at once or much later",
    origin: "drivers/of/of_reserved_mem.c, fdt_init_reserved_mem_node (since 6.13: what is refused "
      + "was left out of the mapping before); drivers/of/fdt.c, early_init_dt_reserve_memory_arch (5.4 "
      + "and 5.15: nobody asks whether a no-map region is in use); on 32-bit arm arch/arm/mm/dma-mapping.c, "
      + "dma_contiguous_remap (since 6.17 of refused regions, too)",
    remedy:
      "do not make one region no-map and reusable; keep no-map regions away from where the boot "
      + "loader puts files; on 32-bit arm begin and end pools at "
      + "multiples of 4 MiB, away from the kernel")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    (subject.prediction?.exposures ?? []).filter { $0.hazard == .unmappedMemory }.map { exposure in
      description.finding(
        at: subject.placement(of: exposure.pool),
        problem: "\(exposure.range) leaves \(exposure.other ?? "") out of the mapping")
    }
  }
}
