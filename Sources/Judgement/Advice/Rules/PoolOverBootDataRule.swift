// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A pool over what the boot loader put into RAM.
struct PoolOverBootDataRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("pool-over-boot-data"), .error, "a pool is over the device tree or the initramfs",
    consequence: "its pages are given to the page allocator, twice where they are freed after the "
      + "boot",
    origin: "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not by whom",
    remedy: "move the region, or have the boot loader put the file elsewhere")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard subject.isPlaced else { return [] }
    let memory = subject.modelled
    let files =
      [("device tree", memory.deviceTree)] + (memory.initramfs.map { [("initramfs", $0)] } ?? [])
    return subject.fixedPools.compactMap { name, range in
      guard let (what, place) = files.first(where: { range.overlaps($0.1) }) else { return nil }
      return description.finding(
        at: subject.place(name, "reg"), problem: "\(range) has the \(what) at \(place)",
        consequence: "pages of the \(what) are given to the page allocator, twice where they are "
          + "freed after the boot",
        remedy: "move the region, or have the boot loader put the \(what) elsewhere")
    }
  }
}
