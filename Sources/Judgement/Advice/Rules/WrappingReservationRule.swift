// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Quantities
import Records

/// An entry of /memreserve/ that ends beyond all addresses.
struct WrappingReservationRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("wrapping-reservation"), .error, "its end is beyond 2^64",
    consequence: "the kernel cuts it there, and what was meant is not reserved",
    origin: "mm/memblock.c, memblock_cap_size",
    remedy: "see whether address and size are in order: /memreserve/ ADDRESS SIZE;")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    try subject.tree.memoryReservations().compactMap { entry in
      let (end, isBeyond) = entry.address.addingReportingOverflow(entry.byteCount)
      guard isBeyond, end > 0 else { return nil }
      return description.finding(
        at: .node(path: "/memreserve/"),
        problem:
          "\(PhysicalAddress(entry.byteCount)) bytes at \(PhysicalAddress(entry.address)) end "
          + "beyond 2^64")
    }
  }
}
