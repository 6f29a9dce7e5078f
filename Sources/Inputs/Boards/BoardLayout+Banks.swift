// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension Board {
  /// The name of a layout whose banks were given in place of the board file's.
  static let givenLayoutName = "given"

  /// A layout with other banks and everything else of `layout`.
  ///
  /// - Throws: what no machine can have; what only a guest cannot have is ``guestFault(of:)``'s to say.
  package func layout(
    _ layout: BoardLayout, withBanks banks: [PhysicalRange]
  ) throws(BankFault) -> BoardLayout {
    let sorted = banks.sorted()
    for bank in sorted {
      guard Alignment.page4K.isAligned(bank.start.value),
        Alignment.page4K.isAligned(bank.size.bytes)
      else { throw .partialPages(bank) }
    }
    for (bank, next) in zip(sorted, sorted.dropFirst()) where bank.overlaps(next) {
      throw .overlap(bank, next)
    }
    return BoardLayout(
      name: Self.givenLayoutName, summary: "banks that were given in place of \(layout.name)'s",
      banks: sorted, ramWindows: layout.ramWindows, reserved: layout.reserved,
      memoryReservations: layout.memoryReservations)
  }
}

extension Board {
  /// Why no guest can have these banks; nil where one can.
  package func guestFault(of banks: [PhysicalRange]) -> BankFault? {
    for bank in banks {
      guard bank.last < GuestAddressSpace.end else { return .outOfReach(bank) }
      for (device, window) in [("gic", devices.gic), ("uart", devices.uart)]
      where bank.overlaps(window) {
        return .coversDevice(bank, name: device, window)
      }
    }
    return nil
  }

  /// The same board with its devices where none of the banks is, for whoever does not care where they are.
  package func movingDevices(clearOf banks: [PhysicalRange]) -> Board {
    let gic = Self.window(preferring: devices.gic, clearOf: banks)
    let uart = Self.window(preferring: devices.uart, clearOf: banks + [gic])
    var moved = self
    moved.devices = DeviceWindows(gic: gic, uart: uart, dmaLimit: devices.dmaLimit)
    return moved
  }

  /// Where a device is put instead that a bank covers: where QEMU's virt machine has its GIC and its UART,
  /// else behind a bank.
  private static func window(
    preferring own: PhysicalRange, clearOf taken: [PhysicalRange]
  ) -> PhysicalRange {
    let block = Alignment.block2M
    let behind = taken.sorted().compactMap { $0.last.advanced(by: ByteCount(1)) }
      .compactMap { block.up($0.value) }
    let candidates = [0x800_0000, 0x900_0000] + behind
    let free = candidates.compactMap {
      PhysicalRange(start: PhysicalAddress($0), size: DeviceWindows.size)
    }.first { window in !taken.contains { $0.overlaps(window) } }
    guard taken.contains(where: { $0.overlaps(own) }) else { return own }
    return free ?? own
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
    case .partialPages(let bank) where Alignment.page4K.isAligned(bank.last.value):
      "bank \(bank.start)-\(bank.last) ends with the first byte of a page, and END is the last byte: "
        + "write \(PhysicalAddress(bank.last.value &- 1))"
    case .partialPages(let bank):
      "bank \(bank) is not a whole number of pages: make start and size multiples of 4 KiB"
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
