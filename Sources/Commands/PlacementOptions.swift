// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
import GuestImages
import MemoryRequests
import Quantities

/// Where RAM and the files of the boot lie, in place of what the board's layout says.
struct PlacementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A bank of RAM, in place of the layout's banks; may be given more than once.",
      valueName: "START+SIZE|START-END"),
    transform: { try RegionFields.range(parsing: $0) })
  var bank: [PhysicalRange] = []

  @Option(
    help: ArgumentHelp(
      "Where the initramfs lies (default: behind the kernel).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var initramfsAt: PhysicalAddress?

  @Option(
    help: ArgumentHelp(
      "Where the device tree lies (default: behind the initramfs).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var dtbAt: PhysicalAddress?

  /// - Throws: `ValidationError` for banks that the board cannot have.
  func layout(_ layout: BoardLayout, of board: Board) throws -> BoardLayout {
    guard !bank.isEmpty else { return layout }
    do {
      return try board.layout(layout, withBanks: bank)
    } catch {
      throw ValidationError("--bank: \(error)")
    }
  }

  var given: GivenPlaces { GivenPlaces(initramfs: initramfsAt, deviceTree: dtbAt) }
}
