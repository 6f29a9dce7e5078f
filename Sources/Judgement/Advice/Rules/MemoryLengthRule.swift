// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// A memory node whose cells do not come out even.
struct MemoryLengthRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("memory-length"), .warning,
    "not a whole number of addresses and sizes in the root's cells",
    consequence: "the kernel silently drops the last cells, and the RAM that they were to name",
    origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
    remedy: "write reg in the root's #address-cells and #size-cells")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    try subject.memoryRegisters().compactMap { register in
      guard !register.bytes.count.isMultiple(of: 4 * register.cellsPerEntry) else { return nil }
      return description.finding(
        at: register.place,
        problem: "\(register.bytes.count) bytes are not a whole number of addresses and sizes of "
          + "\(4 * register.cellsPerEntry) bytes")
    }
  }
}
