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
    let uneven = try range(0x800, 0x1000)
    #expect(try fault([uneven]) == .partialPages(uneven))
    let low = try range(0, 0x4000_0000)
    let next = try range(0x2000_0000, 0x4000_0000)
    #expect(try fault([low, next]) == .overlap(low, next))
  }

  /// All but a guest can have them.
  @Test func whatNoGuestCanHaveIsTold() throws {
    let board = try SampleBoard.board()
    let far = try range(0x7f_ffff_f000, 0x2000)
    #expect(board.guestFault(of: [far]) == .outOfReach(far))
    let gic = board.devices.gic
    let over = try range(gic.start.value, 0x1000)
    #expect(board.guestFault(of: [over]) == .coversDevice(over, name: "gic", gic))
    #expect(board.guestFault(of: board.layouts[0].banks) == nil)
    #expect(try board.layout(board.layouts[0], withBanks: [over]).banks == [over])
  }

  @Test func devicesMoveOutOfTheWay() throws {
    let board = try SampleBoard.board()
    #expect(board.movingDevices(clearOf: board.layouts[0].banks) == board)
    // All of the first 4 GiB, but for the last block.
    let banks = [try range(0, 0xffe0_0000)]
    let moved = board.movingDevices(clearOf: banks)
    #expect(moved.guestFault(of: banks) == nil)
    #expect(!moved.devices.gic.overlaps(moved.devices.uart))
  }
}
