// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import Boards

@Suite struct BoardTests {
  @Test func everyKeyArrives() throws {
    let board = try SampleBoard.board()
    #expect(board.name == "sample")
    #expect(board.summary == "a board for tests")
    #expect(board.architecture == .arm64)
    #expect(board.cpu == CPU(model: "cortex-a57", count: 1))
    #expect(board.devices.gic == (try range(0xf900_0000, 0x20_0000)))
    #expect(board.devices.uart == (try range(0xff00_0000, 0x20_0000)))
    let low = try range(0, 2 << 30)
    #expect(board.ramWindows == [RAMWindow(range: low, source: "the manual")])
    #expect(board.physicalRAM == [low])
    #expect(board.layouts.map(\.name) == ["stock", "wide"])
    #expect(board.defaults == BoardDefaults(layout: "wide", cma: .mebibytes(3000)))
    #expect(board.sources == ["nowhere"])
  }

  /// In bytes, in hexadecimal, with a unit, in quotes: one and the same bank.
  @Test(arguments: ["2147483648", "0x80000000", "2G", "2048M", "2097152K", "0x800M", "\"2g\""])
  func figuresMayBeRoundOrExact(size: String) throws {
    let text = SampleBoard.text(with: "      - { base: 0, size: \(size) }", for: 14...14)
    #expect(try SampleBoard.board(text).layouts[0].banks[0] == range(0, 0x8000_0000))
  }

  @Test func banksAreSortedAndMayTouch() throws {
    let banks = """
            - { base: 2G, size: 4K }
            - { base: 0x0, size: 1G }
            - { base: 1G, size: 1G }
      """
    let board = try SampleBoard.board(SampleBoard.text(with: banks, for: 14...15))
    let expected = [
      try range(0, 1 << 30), try range(1 << 30, 1 << 30), try range(2 << 30, 4 << 10),
    ]
    #expect(board.layouts[0].banks == expected)
  }

  @Test func aBankMayEndWithTheAddressSpace() throws {
    let text = SampleBoard.text(with: "      - { base: 0x7fffc00000, size: 4M }", for: 15...15)
    #expect(try SampleBoard.board(text).layouts[0].banks[1].last.value == 0x7f_ffff_ffff)
  }

  @Test func foldedTextBecomesOneLine() throws {
    let text = SampleBoard.text(with: "summary: >\n  two\n  lines", for: 2...2)
    #expect(try SampleBoard.board(text).summary == "two lines")
  }

  @Test func theDefaultLayoutOrTheOneNamed() throws {
    let board = try SampleBoard.board()
    #expect(try board.layout(named: nil).name == "wide")
    #expect(try board.layout(named: "stock").name == "stock")
    let error = #expect(throws: UnknownLayout.self) { try board.layout(named: "wdie") }
    #expect(
      error?.description
        == "board 'sample' has no layout 'wdie': did you mean 'wide'? (known: stock, wide)")
  }

  @Test func inventedRAMIsWhatTheHardwareLacks() throws {
    let board = try SampleBoard.board()
    // Physical RAM is 0x0 + 2 GiB: of `wide`, the rest of bank 0 and all of bank 1 are invented.
    #expect(
      board.invented(in: try board.layout(named: "wide"))
        == [try range(0x8000_0000, 0x7000_0000), try range(0x8_0000_0000, 0x1000_0000)])
    #expect(
      board.invented(in: try board.layout(named: "stock"))
        == [try range(0x8_0000_0000, 0x8000_0000)])
  }
}
