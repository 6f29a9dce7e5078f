// SPDX-License-Identifier: Apache-2.0

import BoardImports
import BoardLogs
import Boards
import BootLogs
import Explanations
import MemoryRequests
import Quantities
import Records
import SystemPackage
import Testing
import YAMLFiles

/// /proc/iomem and a .config beside a log.
@Suite struct ListingTests {
  private static let listing = """
    00000000-7fefffff : System RAM
      00200000-01a7ffff : Kernel code
      01a80000-01f1ffff : reserved
      01f20000-0215ffff : Kernel data
      69c00000-79bfffff : reserved
    ff000000-ff000fff : ff000000.serial serial@ff000000
    800000000-83fffffff : System RAM
    840000000-840ffffff : reserved
    841000000-87fffffff : System RAM

    """

  private static func board(
    _ imported: BoardImport, named name: String = "board"
  ) throws -> Board {
    try Board(YAMLText(file: "there/\(name).yaml", yaml: imported.text), name: name)
  }

  private static func sources(
    of name: String, _ change: (inout BoardSources) throws -> Void
  ) throws -> BoardSources {
    let logged = try #require(BoardLogCase.all.first { $0.name == name })
    let boot = try #require(BootLog(try logged.log).boots.last)
    var sources = BoardSources(log: ("console.log", boot))
    try change(&sources)
    return sources
  }

  @Test func aListingAloneTellsRAMAndTheKernel() throws {
    let listing = try MemoryListing(file: "iomem.txt", text: Self.listing)
    let imported = try BoardImport(name: "board", from: BoardSources(listing: listing))
    let board = try Self.board(imported)
    // What is not to be mapped is RAM as well.
    #expect(
      board.layouts[0].banks.map(\.description) == ["0x0-0x7fefffff", "0x800000000-0x87fffffff"])
    #expect(board.loader?.kernel == PhysicalAddress(0x20_0000))
    #expect(board.defaults.cma == nil)
    #expect(imported.text.contains("# iomem.txt:1: 00000000-7fefffff : System RAM"))
    #expect(imported.missing.contains { $0.command.hasPrefix("dmesg ") })
  }

  @Test func theKernelsOwnLinesTakePrecedenceAndBothStandThere() throws {
    let sources = try Self.sources(of: "zcu102-515-ramdisk-moves-pool") {
      $0.listing = try MemoryListing(
        file: "iomem.txt", text: Self.listing.replacing("00000000-7fefffff", with: "0-6fffffff"))
      $0.configuration = GivenConfiguration(
        file: "config", text: "# Linux/arm64 6.1.5 Kernel Configuration\n",
        release: KernelRelease(major: 6, minor: 1, patch: 5),
        options: [
          "ARM64_64K_PAGES": "y", "DMA_CMA": "y", "CMA_SIZE_SEL_MBYTES": "y",
          "CMA_SIZE_MBYTES": "32",
        ])
    }
    let imported = try BoardImport(name: "board", from: sources)
    let board = try Self.board(imported)
    #expect(board.layouts[0].banks.first?.last == PhysicalAddress(0x7fef_ffff))
    for remark in [
      "RAM is the log's; in iomem.txt it is 0x0-0x6fffffff",
      "the release is the log's, 5.15.19-xilinx-v2022.1; config, which predictions go by, is of Linux 6.1.5",
      "the log has pages of 4 KiB, and config, which predictions go by, of 64 KiB",
      "CONFIG_CMA_SIZE_MBYTES of config is 32",
    ] {
      #expect(imported.text.contains(remark), "\(imported.text)")
    }
    #expect(imported.configuration == "# Linux/arm64 6.1.5 Kernel Configuration\n")
    #expect(board.kernel?.release == "5.15.19-xilinx-v2022.1")
    #expect(board.kernel?.configuration == "there/board.config")
    #expect(board.kernel?.imageSize?.bytes == 0x1f6_0000)
  }

  @Test func withoutAConfigurationTheLogGivesOne() throws {
    let sources = try Self.sources(of: "zcu102-515-ramdisk-moves-pool") { _ in }
    let imported = try BoardImport(name: "board", from: sources)
    let text = try #require(imported.configuration)
    #expect(text.hasPrefix("# Linux/arm64 5.15.19 Kernel Configuration\n"))
    #expect(text.contains("\nCONFIG_ARM64_4K_PAGES=y\n"))
    #expect(try Self.board(imported).kernel?.configuration == "there/board.config")
    // Printed alone, it names no file that is not there.
    let alone = try BoardImport(name: "board", from: sources, withFilesBeside: false)
    #expect(alone.configuration == nil)
    #expect(try Self.board(alone).kernel?.configuration == nil)
  }

  @Test func whatHidesItsAddressesIsRefused() throws {
    let hidden = "00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n"
    #expect(throws: MemoryListingFault.hidden("iomem.txt")) {
      try MemoryListing(file: "iomem.txt", text: hidden)
    }
    for text in ["", "Dear all,\n", "1-2-3 : System RAM\n", "ff-00 : System RAM\n"] {
      #expect(throws: MemoryListingFault.noMemory("iomem.txt")) {
        try MemoryListing(file: "iomem.txt", text: text)
      }
    }
  }

  @Test func windowsLineEndsAreRead() throws {
    let text = Self.listing.replacing("\n", with: "\r\n")
    #expect(try MemoryListing(file: "iomem.txt", text: text).banks.value.count == 2)
  }
}
