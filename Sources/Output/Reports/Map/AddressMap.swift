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
    /// Where a line is narrow: without what the drawing shows.
    var shortLabel: String

    /// - Parameter shortLabel: nil for the label itself, where a kind of thing has no word of its own.
    package init(
      _ range: PhysicalRange, _ label: String, kind: Kind, shortLabel: String? = nil
    ) {
      self.range = range
      self.label = label
      self.kind = kind
      self.shortLabel = shortLabel ?? kind.word ?? label
    }

    /// What of it lies in a range; nil for nothing.
    func within(_ range: PhysicalRange) -> Segment? {
      self.range.intersection(range).map {
        Segment($0, label, kind: kind, shortLabel: shortLabel)
      }
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

extension AddressMap.Kind {
  /// Of that of which a bank has one, or whose name is not needed; nil for what its own name tells.
  fileprivate var word: String? {
    switch self {
    case .pool: "CMA"
    case .deviceTree: "DTB"
    case .invented: "no such RAM"
    case .hole: "hole"
    case .bank, .kernel, .initramfs, .carveOut, .device: nil
    }
  }
}
