// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A default pool beyond 32 bits.
struct DMAMaskRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("dma-mask"), .warning, "the default pool is above 4 GiB",
    consequence: "a device with the usual 32-bit DMA mask silently gets other memory, or none",
    origin: "drivers/of/platform.c, of_platform_device_create_pdata (the mask); "
      + "kernel/dma/direct.c, dma_coherent_ok",
    remedy: "give alloc-ranges below 4 GiB, or have drivers set a wider mask")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let limit = subject.modelled.dmaLimit
    return (subject.prediction?.pools ?? []).filter { pool in
      // A bus that reaches less is the worse fault (DMALimitRule).
      pool.isDefault && pool.range.last.value >> 32 > 0
        && !(limit.map { pool.range.last > $0 } ?? false)
    }.map { pool in
      description.finding(
        at: subject.place(of: pool), problem: "\(pool.range) is above 4 GiB")
    }
  }
}
