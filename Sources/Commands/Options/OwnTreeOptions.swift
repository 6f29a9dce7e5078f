// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import SystemPackage

/// The board's own device tree.
struct OwnTreeOptions: GuestOptionGroup {
  @Option(
    help: ArgumentHelp(
      """
      Your board's own device tree in place of --board: a blob, as /sys/firmware/fdt of the board, \
      or source (.dts). Its memory, reserved-memory and bootargs apply as they stand there.
      """))
  var dtb: FilePath?

  @Option(
    help: ArgumentHelp(
      """
      A device-tree overlay (.dtbo, .dts) to apply to --dtb, as U-Boot's 'fdt apply' does; may be given \
      more than once.
      """))
  var overlay: [FilePath] = []

  func apply(to request: inout GuestRequest) {
    request.deviceTree = dtb
    request.overlays = overlay
  }

  /// Refuses a board and a tree at once.
  func check(_ board: BoardOptions) throws(ValidationError) {
    guard dtb == nil || board.board == nil else {
      throw ValidationError("--board and --dtb both say which board: give one of them")
    }
  }
}
