// SPDX-License-Identifier: Apache-2.0

import BootLoaders
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
    for layout in board.layouts {
      #expect(layout.ramWindows == [RAMWindow(range: low, hidden: .zero, source: "the manual")])
      #expect(layout.physicalRAM == [low])
    }
    #expect(board.layouts.map(\.name) == ["stock", "wide"])
    #expect(board.defaults == BoardDefaults(layout: "wide", cma: .mebibytes(3000)))
    #expect(board.sources == ["nowhere"])
  }

  @Test func aLoaderHasItsSettingsAndAddresses() throws {
    #expect(try SampleBoard.board().loader == nil)
    let text = SampleBoard.text(
      with: """
        loader:
          name: u-boot
          kernel: 0x200000
          initramfs-size: 28M
          bootm-size: 128M
          initrd-high: 0x79000000
          fdt-high: 0xffffffffffffffff
          keeps: 0x7bbfa000-0x7fdfffff
        defaults: { layout: wide }
        """, for: 21...21)
    let board = try SampleBoard.board(text)
    #expect(board.defaults.cma == nil)
    let loader = try #require(board.loader)
    #expect(loader.kernel == PhysicalAddress(0x20_0000) && loader.initramfs == nil)
    #expect(loader.initramfsSize == .mebibytes(28))
    #expect(
      loader.program
        == .uBoot(
          UBoot(
            size: .mebibytes(128), initrdHigh: .below(PhysicalAddress(0x7900_0000)),
            fdtHigh: .inPlace, kept: try range(0x7bbf_a000, 0x420_6000))))
  }

  @Test(arguments: [
    ("name: other, bootm-size: 128M", "it is a word of u-boot's: omit it for 'other'"),
    ("name: u-boot, end: 0x2f000000", "it is a word of raspberry-pi's: omit it for 'u-boot'"),
    ("name: raspberry-pi", "the key is missing"), ("name: grub", "'grub' is not"),
  ])
  func aLoaderHasItsOwnWordsAlone(words: String, reason: String) {
    let text = SampleBoard.text(
      with: "loader: { \(words) }\ndefaults: { layout: wide }", for: 21...21)
    let refusal = SampleBoard.refusal(of: text)
    #expect(refusal.map { "\($0)" }?.contains(reason) == true, "\(String(describing: refusal))")
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
      try board.layout(named: "wide").inventedRAM
        == [try range(0x8000_0000, 0x7000_0000), try range(0x8_0000_0000, 0x1000_0000)])
    #expect(
      try board.layout(named: "stock").inventedRAM
        == [try range(0x8_0000_0000, 0x8000_0000)])
  }

  /// One file may have two kinds of hardware: a layout's own RAM counts in place of the board's.
  @Test func aLayoutMayHaveHardwareOfItsOwn() throws {
    let own = "    physical-ram: [{ base: 0x0, size: 0xf0000000 }, { base: 16G, size: 1G }]"
    let board = try SampleBoard.board(
      SampleBoard.text(with: "    summary: as we wish\n\(own)", for: 17...17))
    let wide = try board.layout(named: "wide")
    #expect(wide.physicalRAM == [try range(0, 0xf000_0000), try range(16 << 30, 1 << 30)])
    #expect(wide.inventedRAM == [try range(0x8_0000_0000, 0x1000_0000)])
    #expect(try board.layout(named: "stock").physicalRAM == [try range(0, 2 << 30)])
    // The same with other banks of that layout.
    let banks = [try range(0, 1 << 30), try range(4 << 30, 1 << 30)]
    #expect(try board.layout(wide, withBanks: banks).inventedRAM == [banks[1]])
    let refusal = SampleBoard.refusal(
      of: SampleBoard.text(
        with: "    summary: as we wish\n    physical-ram: [{ base: 0x0, size: 0 }]", for: 17...17))
    #expect(refusal.map { "\($0)" }?.contains("layouts.wide.physical-ram[0].size") == true)
  }
}
