// SPDX-License-Identifier: Apache-2.0

import Observations
package import Quantities
import Records

extension AddressMap {
  /// Banks, each with those segments that lie in it, cut at its ends.
  package init(
    title: String, banks: [PhysicalRange], segments: [Segment], notes: [String] = []
  ) {
    self.init(
      title: title,
      areas: banks.enumerated().map { index, bank in
        Area(
          bank, "bank \(index)",
          segments: segments.compactMap { $0.within(bank) })
      }, notes: notes)
  }

  /// What every map of a guest shows: banks, what of them the hardware lacks, kernel, initramfs and
  /// device tree, and between them what is known of the rest.
  ///
  /// - Parameter rest: painted over RAM, and under what was loaded.
  init(
    title: String, banks: [PhysicalRange], inventedRAM: [PhysicalRange],
    placement: RunRequest.Placement?, rest: [Segment], notes: [String]
  ) {
    let invented = inventedRAM.map { Segment($0, "not on the hardware", kind: .invented) }
    let loaded =
      placement.map {
        [
          Segment($0.kernel, "kernel", kind: .kernel),
          Segment($0.initramfs, "initramfs", kind: .initramfs),
          Segment($0.deviceTree, "device tree", kind: .deviceTree),
        ]
      } ?? []
    self.init(title: title, banks: banks, segments: invented + rest + loaded, notes: notes)
  }

  /// A node of /reserved-memory that is not a pool.
  ///
  /// - Parameter words: what became of it; nil where only its name is told.
  static func carveOut(_ range: PhysicalRange, node: String, _ words: String? = nil) -> Segment {
    // Its address stands before it where a line is narrow.
    Segment(
      range, words.map { "'\(node)', \($0)" } ?? node, kind: .carveOut,
      shortLabel: String(node.prefix { $0 != "@" }))
  }

  /// A pool by the kernel's name of it, which of the default pool that no node asks for tells nothing
  /// (kernel/dma/contiguous.c, dma_contiguous_reserve_area: `reserved`).
  static func pool(_ range: PhysicalRange, named name: String) -> Segment {
    let kind = name == CMAArea.defaultName ? "default CMA pool" : "CMA pool"
    return Segment(range, "\(kind) '\(name)'", kind: .pool)
  }
}
