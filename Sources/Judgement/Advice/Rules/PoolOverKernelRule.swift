// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A pool over the kernel's own image, which no kernel checks.
struct PoolOverKernelRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("pool-over-kernel"), .error, "a pool is over the kernel's image",
    consequence: "pages of the kernel itself are given to the page allocator",
    origin: "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not by whom",
    remedy: "move the region away from the kernel, or write size and alloc-ranges")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard
      let kernel = PhysicalRange(
        start: subject.modelled.kernel, size: ByteCount(subject.facts.image.size))
    else { return [] }
    return subject.fixedPools.filter { $0.range.overlaps(kernel) }.map { name, range in
      description.finding(
        at: subject.place(name, "reg"), problem: "\(range) has the kernel at \(kernel)",
        message: "BUG: Bad page state in process",
        severity: subject.isPlaced ? .error : .warning)
    }
  }
}
