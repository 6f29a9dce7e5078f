// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import MemoryRequests
import Quantities

/// Which board, and where it has RAM.
struct BoardOptions: GuestOptionGroup {
  @Option(
    help: """
      The board: a name that 'cmalab boards' lists, or a board file (default: \
      \(GuestRequest.usualBoard)).
      """,
    completion: Completions.boards)
  var board: String?

  @Option(
    help: "A layout of the board (default: the board's own choice).",
    completion: Completions.layouts)
  var layout: String?

  @Option(
    help: ArgumentHelp(
      "A bank of RAM, in place of the layout's banks; END is its last byte. May be given more than once.",
      valueName: "START+SIZE|START-END"),
    transform: { try RegionFields.range(parsing: $0) })
  var bank: [PhysicalRange] = []

  @Option(
    help: ArgumentHelp(
      "How much RAM is fitted, as in 2G, in place of the layout's banks: as its boot loader fills them.",
      valueName: "size"),
    transform: { try ByteCount(parsing: $0) })
  var ram: ByteCount?

  func apply(to request: inout GuestRequest) {
    request.board = board ?? GuestRequest.usualBoard
    request.layout = layout
    request.banks = bank
    request.ram = ram
  }
}
