// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities
import YAMLFiles

/// One way to populate a board with RAM.
package struct BoardLayout: Hashable, Sendable {
  package let name: String
  /// One line for `cmalab boards show`.
  package let summary: String
  /// At least one, sorted by start, disjoint (they may touch), whole 4 KiB pages,
  /// below ``GuestAddressSpace/end``.
  package let banks: [PhysicalRange]
  /// Where the hardware can have RAM, sorted by start, disjoint: the board's, or the layout's own where
  /// one board file has several pieces of hardware.
  package let ramWindows: [RAMWindow]
  /// The children of /reserved-memory, in the order of the file, names unique.
  package let reserved: [RequestedRegion]
  /// `/memreserve/` entries, in the order of the file.
  package let memoryReservations: [PhysicalRange]

  /// The ranges of ``ramWindows``.
  package var physicalRAM: [PhysicalRange] { ramWindows.map(\.range) }

  /// The parts of the banks that lie where the hardware has no RAM, sorted by start.
  ///
  /// A layout may invent RAM, to ask what a board would do if it had more: the run says so.
  package var inventedRAM: [PhysicalRange] { banks.flatMap { $0.subtracting(physicalRAM) } }
}

/// What the guest can address.
package enum GuestAddressSpace {
  /// Bits of a guest-physical address: the monitor sets VTCR_EL2.T0SZ to 25, and 64 - 25 is 39.
  package static let bits = 39

  /// The first address past it, 0x80_0000_0000.
  package static let end = PhysicalAddress(1 << UInt64(bits))
}

/// A layout was asked for that the board does not have.
package struct UnknownLayout: Error, Hashable, Sendable {
  package let name: String
  package let board: String
  /// Every layout of the board, in the order of its file.
  package let known: [String]
}

extension UnknownLayout: CustomStringConvertible {
  package var description: String {
    "board '\(board)' has no layout \(Quotation(name)): "
      + NearestNames(to: name, among: known).remedy
  }
}
