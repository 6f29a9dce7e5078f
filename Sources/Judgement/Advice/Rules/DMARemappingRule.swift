// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// Regions that 32-bit ARM maps for DMA though another pool has their memory, or it has given them up.
struct DMARemappingRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("dma-remapping"), .error,
    "a region is mapped for DMA whose memory the kernel uses otherwise",
    consequence: "the kernel dies silently, before it has vectors",
    origin: "arch/arm/mm/dma-mapping.c, dma_contiguous_remap; mm/vmalloc.c, vm_area_add_early: a "
      + "region that cma= has it give up is mapped all the same (32-bit arm since 6.12.45 and 6.17)",
    remedy: "keep pools apart, and omit cma= where the tree has a default pool")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let prediction = subject.prediction, prediction.fatality == .dmaRemapping else {
      return []
    }
    let pool = prediction.pools.first(where: \.isPlacedByKernel) ?? prediction.pools.last
    return [
      description.finding(
        at: pool.map(subject.place(of:)) ?? .node(path: "/reserved-memory"),
        problem: Prediction.Fatality.dmaRemapping.words)
    ]
  }
}
