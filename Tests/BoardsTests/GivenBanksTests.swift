// SPDX-License-Identifier: Apache-2.0
import Boards
import Quantities
import Testing

@Suite struct GivenBanksTests {
  private func fault(_ banks: [PhysicalRange]) throws -> BankFault? {
    let board = try SampleBoard.board()
    return #expect(throws: BankFault.self) {
      try board.layout(board.layouts[0], withBanks: banks)
    }
  }

  @Test func theyTakeThePlaceOfALayoutsBanks() throws {
    let board = try SampleBoard.board()
    let banks = [try range(0x8_0000_0000, 0x10_0000), try range(0, 0x4000_0000)]
    let layout = try board.layout(board.layouts[0], withBanks: banks)
    #expect(layout.banks == banks.sorted())
    #expect(layout.name == "given")
    #expect(layout.reserved == board.layouts[0].reserved)
  }

  @Test func whatABoardFileMayNotSayIsRefused() throws {
    let board = try SampleBoard.board()
    let uneven = try range(0x800, 0x1000)
    #expect(try fault([uneven]) == .partialPages(uneven))
    let far = try range(0x7f_ffff_f000, 0x2000)
    #expect(try fault([far]) == .outOfReach(far))
    let low = try range(0, 0x4000_0000)
    let next = try range(0x2000_0000, 0x4000_0000)
    #expect(try fault([low, next]) == .overlap(low, next))
    let gic = board.devices.gic
    let over = try range(gic.start.value, 0x1000)
    #expect(try fault([over]) == .coversDevice(over, name: "gic", gic))
  }
}
