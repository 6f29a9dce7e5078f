// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A tree without RAM.
struct NoMemoryRule: LintRule {
  private let description = LintRuleDescription(
    .own(.noMemory), .error, "no memory node has RAM",
    consequence: "the kernel has nowhere to put a page table, and panics or says nothing at all",
    origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
    remedy: "add memory@0 { device_type = \"memory\"; reg = <…>; }")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.modelled.banks.isEmpty ? [description.finding(at: .node(path: "/"))] : []
  }
}
