// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A node for the default pool that a kernel looks at after it has reserved one of its own.
struct LateDefaultRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("late-default"), .warning, "the kernel's own default pool stays beside the node's",
    consequence: "both are set aside: CmaTotal is larger than the tree says",
    origin: "arch/arm/mm/init.c, arm_memblock_init, and drivers/of/fdt.c, unflatten_device_tree "
      + "(32-bit arm since 6.13)",
    remedy: "set CONFIG_CMA_SIZE_MBYTES to 0, or write size and alloc-ranges in place of reg")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let defaults = (subject.prediction?.pools ?? []).filter(\.isDefault)
    guard let own = defaults.first(where: \.isPlacedByKernel) else { return [] }
    return defaults.filter { !$0.isPlacedByKernel }.map { pool in
      description.finding(
        at: subject.place(pool.name, "linux,cma-default"),
        problem: "the kernel reserves \(own.range) before it looks at '\(pool.name)'",
        message: own.message)
    }
  }
}
