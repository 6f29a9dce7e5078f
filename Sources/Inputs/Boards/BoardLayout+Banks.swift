// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension Board {
  /// The name of a layout whose banks were given in place of the board file's.
  package static let givenLayoutName = "given"

  /// A layout with other banks and everything else of `layout`.
  ///
  /// - Throws: what a board file would be refused for.
  package func layout(
    _ layout: BoardLayout, withBanks banks: [PhysicalRange]
  ) throws(BankFault) -> BoardLayout {
    let sorted = banks.sorted()
    for bank in sorted {
      guard Alignment.page4K.isAligned(bank.start.value),
        Alignment.page4K.isAligned(bank.size.bytes)
      else { throw .partialPages(bank) }
      guard bank.last < GuestAddressSpace.end else { throw .outOfReach(bank) }
      for (device, window) in [("gic", devices.gic), ("uart", devices.uart)]
      where bank.overlaps(window) {
        throw .coversDevice(bank, name: device, window)
      }
    }
    for (bank, next) in zip(sorted, sorted.dropFirst()) where bank.overlaps(next) {
      throw .overlap(bank, next)
    }
    return BoardLayout(
      name: Self.givenLayoutName, summary: "banks that were given in place of \(layout.name)'s",
      banks: sorted, reserved: layout.reserved, memoryReservations: layout.memoryReservations)
  }
}

/// Why a board cannot have these banks.
package enum BankFault: Error, Hashable, Sendable, CustomStringConvertible {
  case partialPages(PhysicalRange)
  case outOfReach(PhysicalRange)
  case coversDevice(PhysicalRange, name: String, PhysicalRange)
  case overlap(PhysicalRange, PhysicalRange)

  package var description: String {
    switch self {
    case .partialPages(let bank):
      "bank \(bank) is no whole number of pages: make start and size multiples of 4 KiB"
    case .outOfReach(let bank):
      "bank \(bank) reaches past the guest's \(GuestAddressSpace.bits)-bit address space: end it "
        + "below \(GuestAddressSpace.end)"
    case .coversDevice(let bank, let name, let window):
      "bank \(bank) covers the board's \(name), \(window): shorten it"
    case .overlap(let bank, let next):
      "bank \(bank) overlaps bank \(next): move or shorten one of them"
    }
  }
}
