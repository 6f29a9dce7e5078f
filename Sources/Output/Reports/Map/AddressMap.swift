// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A physical address space from bottom to top, to be drawn in text.
package struct AddressMap: Hashable, Sendable {
  package var title: String
  /// In any order, drawn from low to high; between two that do not touch the axis is broken.
  package var areas: [Area]
  /// What a drawing cannot show, a line each: what bounds a pool.
  package var notes: [String]

  package init(title: String, areas: [Area], notes: [String] = []) {
    self.title = title
    self.areas = areas
    self.notes = notes
  }

  /// A stretch of the address space with a line of its own; a bank also has a bar, to scale.
  package struct Area: Hashable, Sendable {
    package var range: PhysicalRange
    package var label: String
    package var kind: Kind
    /// What lies in a bank: painted in this order, later over earlier, and listed by address.
    package var segments: [Segment]

    package init(
      _ range: PhysicalRange, _ label: String, kind: Kind = .bank, segments: [Segment] = []
    ) {
      self.range = range
      self.label = label
      self.kind = kind
      self.segments = segments
    }
  }

  /// One thing inside a bank.
  package struct Segment: Hashable, Sendable {
    package var range: PhysicalRange
    package var label: String
    package var kind: Kind

    package init(_ range: PhysicalRange, _ label: String, kind: Kind) {
      self.range = range
      self.label = label
      self.kind = kind
    }
  }

  package enum Kind: Hashable, Sendable, CaseIterable {
    /// RAM; as a segment, RAM that nothing claims.
    case bank
    /// A run of addresses that is worth naming for being empty.
    case hole
    case kernel
    case initramfs
    case deviceTree
    /// A contiguous-memory pool.
    case pool
    /// Reserved memory that is not a pool, `no-map` above all.
    case carveOut
    /// RAM that the layout claims and the hardware does not have.
    case invented
    /// A device's registers.
    case device
  }
}
