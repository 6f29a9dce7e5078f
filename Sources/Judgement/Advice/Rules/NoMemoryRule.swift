// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A tree without RAM.
struct NoMemoryRule: LintRule {
  static let name = Finding.Rule("no-memory")

  private let description = LintRuleDescription(
    Self.name, .error, "no memory node has RAM",
    consequence: "the kernel has nowhere to put a page table, and panics or says nothing at all",
    origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
    remedy: "add memory@0 { device_type = \"memory\"; reg = <…>; }")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    switch subject.ground {
    case .assumedMemory:
      [
        description.finding(
          at: .node(path: "/"),
          problem: "no memory node has RAM: the boot loader has to fill it in",
          consequence: "what depends on the place of RAM is not looked at; all else is",
          severity: .note, remedy: "none where the boot loader does so; --bank START+SIZE says what"
        )
      ]
    case .known, .assumedPlaces:
      subject.modelled.banks.isEmpty ? [description.finding(at: .node(path: "/"))] : []
    }
  }
}
