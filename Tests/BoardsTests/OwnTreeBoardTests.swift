// SPDX-License-Identifier: Apache-2.0
import Boards
import Quantities
import Testing

@Suite struct OwnTreeBoardTests {
  private static func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
    try #require(PhysicalRange(at: start, bytes: size))
  }

  private static func facts(
    banks: [PhysicalRange], taken: [PhysicalRange] = [], addressBits: Int = 64, cpuCount: Int = 4
  ) -> Board.TreeFacts {
    Board.TreeFacts(
      file: "My Board_v1.dtb", model: nil, architecture: .arm64, cpuCount: cpuCount, banks: banks,
      taken: taken, addressBits: addressBits)
  }

  @Test func banksAreSortedJoinedAndOfWholePages() throws {
    let board = try Board(
      ofTree: Self.facts(banks: [
        try Self.range(0x8_0000_0000, 0x1000_0000), try Self.range(0x1000_0000, 0x1000_0000),
        try Self.range(0x0, 0x1000_0000), try Self.range(0x3000_0800, 0x10_0000),
      ]), withBanks: [])
    #expect(board.name == "my-board-v1-dtb")
    #expect(
      board.layouts[0].banks == [
        try Self.range(0, 0x2000_0000), try Self.range(0x3000_1000, 0xf_f000),
        try Self.range(0x8_0000_0000, 0x1000_0000),
      ])
    #expect(board.layouts[0].inventedRAM.isEmpty)
    #expect(board.defaults.cma == nil)
  }

  @Test(arguments: [1, 8, 24])
  func noMoreCPUsThanAGuestHas(count: Int) throws {
    let bank = try Self.range(0x4000_0000, 0x1000_0000)
    let board = try Board(
      ofTree: Self.facts(banks: [bank], cpuCount: count), withBanks: [])
    #expect(board.cpu.count == min(count, 8))
  }

  @Test func withoutRAMItSaysWhatToGive() throws {
    let error = #expect(throws: OwnTreeFault.self) {
      try Board(ofTree: Self.facts(banks: []), withBanks: [])
    }
    #expect(error?.description.contains("--bank") == true)
    let bank = try Self.range(0x4000_0000, 0x1000_0000)
    let board = try Board(ofTree: Self.facts(banks: []), withBanks: [bank])
    #expect(board.layouts[0].banks == [bank])
    #expect(board.layouts[0].inventedRAM.isEmpty)
  }

  /// Of RAM that is not in the tree, the record says so.
  @Test func otherBanksThanTheTreesAreInvented() throws {
    let bank = try Self.range(0x4000_0000, 0x1000_0000)
    let other = try Self.range(0x8000_0000, 0x1000_0000)
    let board = try Board(ofTree: Self.facts(banks: [bank]), withBanks: [bank, other])
    #expect(board.layouts[0].inventedRAM == [other])
  }

  @Test(arguments: [64, 32])
  func theDevicesTouchNothing(bits: Int) throws {
    let top = UInt64(1) << UInt64(min(bits, 39))
    // RAM up to the top but for a gap, and a carve-out at the gap's lower end; RAM around a region.
    let banks = [
      try Self.range(0x4000_0000, 0x4000_0000), try Self.range(top - 0x1000_0000, 0x1000_0000),
    ]
    let taken = [
      try Self.range(top - 0x1400_0000, 0x40_0000), try Self.range(top - 0x800_0000, 0x1000),
    ]
    let board = try Board(
      ofTree: Self.facts(banks: banks, taken: taken, addressBits: bits), withBanks: [])
    for window in [board.devices.gic, board.devices.uart] {
      #expect(window.size == .mebibytes(2) && Alignment.block2M.isAligned(window.start.value))
      #expect(window.last.value < top)
      for range in banks + taken { #expect(!window.overlaps(range), "\(window) and \(range)") }
    }
    #expect(!board.devices.gic.overlaps(board.devices.uart))
  }

  @Test func aFullAddressSpaceIsRefused() throws {
    let all = try Self.range(0, 0xffff_f000)
    let error = #expect(throws: OwnTreeFault.self) {
      try Board(ofTree: Self.facts(banks: [all], addressBits: 32), withBanks: [])
    }
    #expect(error == .noRoomForDevices("My Board_v1.dtb", bits: 32, hasMoreWithLPAE: false))
  }

  /// A kernel with LPAE has more addresses, unless the tree has one cell for each.
  @Test(arguments: [true, false])
  func whatHelpsInAFullAddressSpaceIsSaid(hasMoreWithLPAE: Bool) throws {
    var facts = Self.facts(banks: [try Self.range(0, 0xffff_f000)], addressBits: 32)
    facts.hasMoreWithLPAE = hasMoreWithLPAE
    let error = #expect(throws: OwnTreeFault.self) { try Board(ofTree: facts, withBanks: []) }
    #expect(error?.description.contains("--lpae") == hasMoreWithLPAE)
    #expect(error?.description.contains("--bank") == !hasMoreWithLPAE)
  }
}
