// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import Reports

@Suite struct AddressMapTests {
  private func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
    try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
  }

  /// arm64-4g, wide, with cma=3000M: RAM that the hardware lacks, most of it under the pool.
  private func wide() throws -> AddressMap {
    AddressMap(
      title: "arm64-4g, layout wide, cma=3000M",
      areas: [
        .init(
          try range(0, 0xf000_0000), "bank 0",
          segments: [
            .init(try range(0x8000_0000, 0x7000_0000), "not on the hardware", kind: .invented),
            .init(try range(0x3480_0000, 3000 << 20), "pool", kind: .pool),
            .init(try range(0x20_0000, 0x40_0000), "kernel", kind: .kernel),
            .init(try range(0x60_0000, 0x10_0000), "initramfs", kind: .initramfs),
            .init(try range(0x80_0000, 0x1_0000), "device tree", kind: .deviceTree),
          ]),
        .init(try range(0x8_0000_0000, 0x1000_0000), "bank 1"),
      ])
  }

  @Test func asciiForLogs() throws {
    let drawn = try wide().text()
    #expect(
      drawn == """
        arm64-4g, layout wide, cma=3000M

                     0x0 -  0xefffffff   3840 MiB  bank 0
          [.ki.d................#######################################################]
          k     0x200000 -    0x5fffff      4 MiB  kernel
          i     0x600000 -    0x6fffff      1 MiB  initramfs
          d     0x800000 -    0x80ffff     64 KiB  device tree
          #   0x34800000 -  0xefffffff   3000 MiB  pool
          ?   0x80000000 -  0xefffffff   1792 MiB  not on the hardware
          ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~   28928 MiB  ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~
             0x800000000 - 0x80fffffff    256 MiB  bank 1
          [............................................................................]

        """)
  }

  @Test func blocksForTerminals() throws {
    let drawn = try wide().text(in: .init(width: 72, unicode: true))
    #expect(
      drawn == """
        arm64-4g, layout wide, cma=3000M

                     0x0 –  0xefffffff   3840 MiB  bank 0
          ▕░▓▚░▞░░░░░░░░░░░░░░█████████████████████████████████████████████████▏
          ▓     0x200000 –    0x5fffff      4 MiB  kernel
          ▚     0x600000 –    0x6fffff      1 MiB  initramfs
          ▞     0x800000 –    0x80ffff     64 KiB  device tree
          █   0x34800000 –  0xefffffff   3000 MiB  pool
          ▒   0x80000000 –  0xefffffff   1792 MiB  not on the hardware
          ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  28928 MiB  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
             0x800000000 – 0x80fffffff    256 MiB  bank 1
          ▕░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▏

        """)
  }

  @Test func devicesStandInTheGapsBetweenBanks() throws {
    var map = try wide()
    map.title = "arm64-4g, layout wide"
    map.areas[0].segments.removeSubrange(1...)
    map.areas += [
      .init(try range(0xff00_0000, 2 << 20), "uart", kind: .device),
      .init(try range(0xf900_0000, 2 << 20), "gic", kind: .device),
    ]
    let drawn = map.text(in: .init(width: 64))
    #expect(
      drawn == """
        arm64-4g, layout wide

                     0x0 -  0xefffffff   3840 MiB  bank 0
          [................................????????????????????????????]
          ?   0x80000000 -  0xefffffff   1792 MiB  not on the hardware
          ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~     144 MiB  ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~
          @   0xf9000000 -  0xf91fffff      2 MiB  gic
          ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~      94 MiB  ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~
          @   0xff000000 -  0xff1fffff      2 MiB  uart
          ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~   28686 MiB  ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~
             0x800000000 - 0x80fffffff    256 MiB  bank 1
          [............................................................]

        """)
  }

  @Test func banksThatTouchHaveNoBreakBetweenThem() throws {
    let map = AddressMap(
      title: "two that touch",
      areas: [
        .init(try range(0x4000_0000, 3 << 30), "bank 0"),
        .init(try range(0x1_0000_0000, 3 << 30), "bank 1"),
      ])
    #expect(!map.text().contains("~"))
    #expect(map.text().contains("]\n\n"))
  }

  @Test func colourOnlyAddsEscapes() throws {
    let plain = try wide().text(in: .init(unicode: true))
    let coloured = try wide().text(in: .init(unicode: true, colour: .ansi))
    #expect(coloured != plain)
    #expect(coloured.contains("\u{1b}[32m█"))
    #expect(coloured.replacing(/\u{1b}\[[0-9]*m/, with: "") == plain)
  }

  @Test(arguments: [0, 60, 61, 80, 133, 200], [false, true])
  func noLineIsWiderThanAsked(width: Int, unicode: Bool) throws {
    var map = try wide()
    map.title = String(repeating: "long title ", count: 30)
    map.areas[0].segments[0].label = String(repeating: "x", count: 300)
    let lines = map.text(in: .init(width: width, unicode: unicode)).split(separator: "\n")
    #expect(lines.map(\.count).max() == max(width, AddressMap.Style.narrowest))
    #expect(lines.allSatisfy { $0.last != " " })
    #expect(unicode || lines.joined().allSatisfy(\.isASCII))
  }

  @Test func aLabelCannotSteerTheTerminal() throws {
    var map = try wide()
    map.areas[0].segments[0].label = "\u{1b}[2J\nπ"
    let text = map.text()
    #expect(text.contains("?[2J??\n"))
    #expect(!text.contains("\u{1b}"))
  }

  @Test func nothingToShow() {
    #expect(AddressMap(title: "empty", areas: []).text() == "empty\n\n")
  }
}

@Suite struct AddressMapBarTests {
  @Test func sharesCellsInProportion() {
    #expect(AddressMapBar.widths(of: [1, 1, 2], cells: 8) == [2, 2, 4])
    #expect(AddressMapBar.widths(of: [1, 1, 1], cells: 8) == [3, 3, 2])
  }

  @Test func nothingVanishes() {
    #expect(AddressMapBar.widths(of: [1, 1 << 40, 1], cells: 10) == [1, 8, 1])
    #expect(AddressMapBar.widths(of: [1, 1, 1 << 63, 1 << 62], cells: 5) == [1, 1, 2, 1])
  }

  @Test func withMorePiecesThanCellsTheLargestShow() {
    #expect(AddressMapBar.widths(of: [5, 1, 4, 2, 3], cells: 3) == [1, 0, 1, 0, 1])
  }

  @Test(arguments: 1...120)
  func everyBarIsExactlyAsWideAsAsked(cells: Int) {
    let sizes: [UInt64] = [4096, 1 << 21, 3 << 20, 1 << 36, 7, 1 << 36, 12345]
    #expect(AddressMapBar.widths(of: sizes, cells: cells).reduce(0, +) == cells)
  }

  @Test func laterSegmentsCoverEarlierOnesAndTheRestIsRAM() throws {
    func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
      try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
    }
    let area = AddressMap.Area(
      try range(100, 100), "bank",
      segments: [
        .init(try range(110, 60), "", kind: .carveOut),
        .init(try range(130, 20), "", kind: .pool),
        .init(try range(190, 500), "", kind: .device),
      ])
    let glyphs = AddressMapBar(of: area, cells: 10).kinds.map(AddressMap.Style().glyph)
    #expect(String(glyphs) == ".xx##xx..@")
  }

  @Test func aBankAtTheTopOfTheAddressSpaceHasABar() throws {
    let top = try #require(
      PhysicalRange(start: PhysicalAddress(1 << 63), last: PhysicalAddress(.max)))
    let area = AddressMap.Area(top, "", segments: [.init(top, "", kind: .pool)])
    #expect(AddressMapBar(of: area, cells: 70).kinds == Array(repeating: .pool, count: 70))
  }
}
