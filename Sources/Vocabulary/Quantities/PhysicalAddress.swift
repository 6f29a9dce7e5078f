// SPDX-License-Identifier: Apache-2.0

/// An address in the guest's physical address space (an IPA to the hypervisor), in bytes.
package struct PhysicalAddress: Hashable, Comparable, Sendable {
  package let value: UInt64

  package init(_ value: UInt64) {
    self.value = value
  }

  package static func < (left: PhysicalAddress, right: PhysicalAddress) -> Bool {
    left.value < right.value
  }

  /// The address `size` bytes further; nil where it would wrap past 2^64.
  package func advanced(by size: ByteCount) -> PhysicalAddress? {
    let (sum, overflow) = value.addingReportingOverflow(size.bytes)
    return overflow ? nil : PhysicalAddress(sum)
  }
}

extension PhysicalAddress {
  /// Reads an address in the syntax of ``ByteCount/init(parsing:)``: `0x800000000`, `34G`.
  package init(parsing text: some StringProtocol) throws(QuantityError) {
    self.init(try NumberText.value(of: String(text), what: .address))
  }
}

extension PhysicalAddress: CustomStringConvertible {
  /// `0x34800000`.
  package var description: String { "0x" + String(value, radix: 16) }
}
