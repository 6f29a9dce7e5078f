// SPDX-License-Identifier: Apache-2.0

/// A power of two in bytes, to round addresses and sizes to.
package struct Alignment: Hashable, Comparable, Sendable {
  package let bytes: UInt64

  /// Nil unless `bytes` is a power of two.
  package init?(_ bytes: UInt64) {
    guard bytes.nonzeroBitCount == 1 else { return nil }
    self.bytes = bytes
  }

  private init(shift: UInt64) {
    bytes = 1 << shift
  }

  /// 8 bytes.
  package static let word = Alignment(shift: 3)
  package static let page4K = Alignment(shift: 12)
  package static let block2M = Alignment(shift: 21)
  package static let block1G = Alignment(shift: 30)

  package static func < (left: Alignment, right: Alignment) -> Bool { left.bytes < right.bytes }

  package func isAligned(_ value: UInt64) -> Bool { value & (bytes - 1) == 0 }

  /// The largest multiple that is not above `value`.
  package func down(_ value: UInt64) -> UInt64 { value & ~(bytes - 1) }

  /// The smallest multiple that is not below `value`; nil where it would wrap past 2^64.
  package func up(_ value: UInt64) -> UInt64? {
    let (sum, overflow) = value.addingReportingOverflow(bytes - 1)
    return overflow ? nil : down(sum)
  }
}
