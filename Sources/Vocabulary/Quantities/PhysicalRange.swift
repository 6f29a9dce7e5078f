// SPDX-License-Identifier: Apache-2.0

/// A non-empty run of physical addresses that does not wrap: `start … last`, both inclusive.
///
/// The end is inclusive, as in /proc/iomem, so that a range may reach the top of the 64-bit space.
package struct PhysicalRange: Hashable, Sendable {
  package let start: PhysicalAddress
  package let size: ByteCount

  /// Nil for an empty range and for one that wraps past 2^64.
  package init?(start: PhysicalAddress, size: ByteCount) {
    guard size.bytes > 0,
      !start.value.addingReportingOverflow(size.bytes - 1).overflow
    else { return nil }
    self.start = start
    self.size = size
  }

  /// As a kernel's own arithmetic has it: an address and a number of bytes.
  ///
  /// Nil as for ``init(start:size:)``.
  package init?(at start: UInt64, bytes: UInt64) {
    self.init(start: PhysicalAddress(start), size: ByteCount(bytes))
  }

  /// Nil where `last` lies before `start`, and for the whole 64-bit space, whose size has no value.
  package init?(start: PhysicalAddress, last: PhysicalAddress) {
    guard start <= last, !(start.value == 0 && last.value == .max) else { return nil }
    self.init(start: start, size: ByteCount(last.value - start.value + 1))
  }

  /// The last address that belongs to the range.
  package var last: PhysicalAddress { PhysicalAddress(start.value + (size.bytes - 1)) }

  package func contains(_ address: PhysicalAddress) -> Bool {
    start <= address && address <= last
  }

  package func contains(_ other: PhysicalRange) -> Bool {
    start <= other.start && other.last <= last
  }

  /// What both have; nil where they do not overlap.
  package func intersection(_ other: PhysicalRange) -> PhysicalRange? {
    PhysicalRange(start: max(start, other.start), last: min(last, other.last))
  }

  package func overlaps(_ other: PhysicalRange) -> Bool {
    start <= other.last && other.start <= last
  }
}

extension PhysicalRange: Comparable {
  /// By start, then by size.
  package static func < (left: PhysicalRange, right: PhysicalRange) -> Bool {
    (left.start, left.size) < (right.start, right.size)
  }
}

extension PhysicalRange: CustomStringConvertible {
  /// `0x34800000-0xefffffff`, the end inclusive.
  package var description: String { "\(start)-\(last)" }
}
