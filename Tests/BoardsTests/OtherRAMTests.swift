// SPDX-License-Identifier: Apache-2.0

import Quantities
import SystemPackage
import Testing
import YAMLFiles

@testable import Boards

/// Banks of a board with more or less RAM.
@Suite struct OtherRAMTests {
  private static func shipped(_ name: String) throws -> Board {
    let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("boards")
    return try BoardCatalogue(directory: folder).board(named: name)
  }

  private static func banks(
    _ board: Board, layout: String? = nil, _ ram: String
  ) throws -> [String] {
    try board.layout(board.layout(named: layout), withRAM: ByteCount(parsing: ram)).banks
      .map { "\($0.start)+\($0.size.kernelArgument)" }
  }

  private static func fault(_ board: Board, layout: String? = nil, _ ram: String) -> RAMFault? {
    #expect(throws: RAMFault.self) { try banks(board, layout: layout, ram) }
  }

  @Test(
    arguments: [
      ("imx8mp-evk", "512M", ["0x40000000+512M"]), ("imx8mp-evk", "3G", ["0x40000000+3G"]),
      ("imx8mp-evk", "4G", ["0x40000000+3G", "0x100000000+1G"]),
      ("zcu102", "3G", ["0x0+2G", "0x800000000+1G"]), ("jetson-nano", "2G", ["0x80000000+2G"]),
      // The secure world's 16 MiB are behind the first bank's end.
      ("juno", "2G", ["0x80000000+2032M"]), ("juno", "4G", ["0x80000000+2032M", "0x880000000+2G"]),
      // The firmware's 76 MiB below 1 GiB, and the 64 MiB under the registers.
      ("rpi4", "512M", ["0x0+512M"]), ("rpi4", "1G", ["0x0+948M"]),
      ("rpi4", "2G", ["0x0+948M", "0x40000000+1G"]),
      ("rpi4", "4G", ["0x0+948M", "0x40000000+3008M"]),
      ("rpi4", "8G", ["0x0+948M", "0x40000000+3008M", "0x100000000+4G"]),
    ])
  func eachPlaceIsFilledBeforeTheNext(name: String, ram: String, banks: [String]) throws {
    #expect(try Self.banks(Self.shipped(name), ram) == banks)
  }

  /// What the board comes with is what is filled in for that much.
  @Test(arguments: ["imx8mp-evk", "zcu102", "jetson-nano", "am654-evm", "arm64-2g", "imx95-evk"])
  func allOfItIsTheBoardsOwn(name: String) throws {
    let board = try Self.shipped(name)
    let layout = try board.layout(named: nil)
    let all = ByteCount(layout.banks.reduce(0) { $0 + $1.size.bytes })
    let filled = try board.layout(layout, withRAM: all)
    #expect(filled.banks == layout.banks && filled.reserved == layout.reserved)
    #expect(filled.name == "\(layout.name)-\(all.kernelArgument)")
  }

  @Test func whatALayoutClaimsIsFilledToo() throws {
    let board = try Self.shipped("arm64-4g")
    #expect(try Self.banks(board, layout: "wide", "3G") == ["0x0+3G"])
    // The megabyte at the end of the first place stays omitted.
    #expect(
      try Self.banks(board, layout: "stock", "3G") == ["0x0+2047M", "0x800000000+1G"])
  }

  @Test func whatTheLayoutDoesNotTellIsNotGuessed() throws {
    #expect(
      Self.fault(try Self.shipped("imx95-evk"), "4G") == .tooMuch(.gibibytes(2), layout: "stock"))
    #expect(
      Self.fault(try Self.shipped("rpi4"), layout: "1g", "2G")
        == .unknownEnd(PhysicalAddress(0x3b3f_ffff), layout: "1g"))
    #expect(Self.fault(try SampleBoard.board(), "4095") == .partialPages)
  }

  @Test func aLoadersAddressesHaveToBeRAM() throws {
    let loader = "loader: { name: other, initramfs: 0x60000000 }\n"
    let board = try SampleBoard.board(
      SampleBoard.text.replacing("defaults: ", with: loader + "defaults: "))
    #expect(try Self.banks(board, layout: "stock", "1792M") == ["0x0+1792M"])
    #expect(
      Self.fault(board, layout: "stock", "1G") == .loaderOutside(PhysicalAddress(0x6000_0000)))
  }

  @Test func whatIsInNoBankIsTheFirmwares() throws {
    let board = try SampleBoard.board(
      SampleBoard.text.replacing(
        "- { base: 0x0, size: 0x7ff00000 }\n", with: "- { base: 0x40000000, size: 512M }\n"))
    #expect(try Self.banks(board, layout: "stock", "1200M") == ["0x40000000+176M"])
    #expect(Self.fault(board, layout: "stock", "1G") == .nothingLeft(layout: "stock"))
  }
}
