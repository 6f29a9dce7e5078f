// SPDX-License-Identifier: Apache-2.0

import Quantities
import SystemPackage
import Testing

@testable import Boards

@Suite struct ShippedBoardTests {
  /// `boards/` of this checkout.
  private let catalogue = BoardCatalogue(
    directory: FilePath(#filePath).removingLastComponent().appending("../../boards"))

  @Test func everyShippedBoardIsSound() throws {
    let names = try catalogue.names()
    #expect(names.contains("arm64-4g"))
    #expect(names.contains("arm64-2g"))
    let known = [
      "am654-evm", "imx8mp-evk", "imx95-evk", "jetson-nano", "juno", "rpi4", "zcu102",
    ]
    #expect(Set(names).isSuperset(of: known))
    for name in names {
      #expect(try catalogue.board(named: name).name == name)
    }
  }

  @Test func arm64With4GiB() throws {
    let board = try catalogue.board(named: "arm64-4g")
    #expect(board.architecture == .arm64)
    #expect(board.cpu == CPU(model: "cortex-a57", count: 1))
    #expect(board.layouts.map(\.name) == ["rk3568", "stock", "wide"])
    #expect(
      try board.layout(named: "stock").banks.map(\.description)
        == ["0x0-0x7fefffff", "0x800000000-0x87fffffff"])
    #expect(
      try board.layout(named: nil).banks.map(\.description)
        == ["0x0-0xefffffff", "0x1f0000000-0x1ffffffff"])
    for name in ["stock", "wide"] {
      #expect(
        try board.layout(named: name).physicalRAM.map(\.description)
          == ["0x0-0x7fffffff", "0x800000000-0x87fffffff"])
    }
    #expect(board.devices.gic.description == "0xf9000000-0xf91fffff")
    #expect(board.devices.uart.description == "0xff000000-0xff1fffff")
    #expect(board.defaults == BoardDefaults(layout: "rk3568", cma: .mebibytes(3000)))
    #expect(try board.layout(named: "stock").inventedRAM == [])
    #expect(
      try board.layout(named: "wide").inventedRAM.map(\.description)
        == ["0x80000000-0xefffffff"])
  }

  /// The first that a new user meets above all.
  @Test func theLayoutThatIsTakenWhereNoneIsNamedHasTheRAMThatItClaims() throws {
    for name in try catalogue.names() {
      #expect(try catalogue.board(named: name).layout(named: nil).inventedRAM == [], "\(name)")
    }
  }

  /// Its SoC's `dma-ranges` (bcm2711.dtsi): <0xc0000000 0x0 0x00000000 0x40000000>.
  @Test func theRaspberryPi4sDevicesReachOneGiB() throws {
    let board = try catalogue.board(named: "rpi4")
    #expect(board.devices.dmaLimit == PhysicalAddress(0x4000_0000))
  }

  @Test func a32BitBoardWithAllOfItsRAMBelow4GiB() throws {
    let board = try catalogue.board(named: "arm-am57xx")
    #expect(board.architecture == .arm)
    #expect(try board.layout(named: nil).banks.map(\.description) == ["0x80000000-0xffffffff"])
    for layout in board.layouts { #expect(layout.inventedRAM == []) }
    // A kernel without LPAE reaches no device above 4 GiB, and RAM fills what is below.
    #expect(board.devices.gic.last < PhysicalAddress(0x8000_0000))
    #expect(board.devices.uart.last < PhysicalAddress(0x8000_0000))
  }

  @Test func arm64With2GiB() throws {
    let board = try catalogue.board(named: "arm64-2g")
    #expect(board.layouts.count == 1)
    #expect(try board.layout(named: nil).banks.map(\.description) == ["0x0-0x7fffffff"])
    #expect(try board.layout(named: nil).inventedRAM == [])
  }
}
