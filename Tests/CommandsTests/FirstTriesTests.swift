// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// What people try first with what they have of a board.
@Suite struct FirstTriesTests {
  /// dtc takes the first of these bytes as the end of its input, and would merge nothing.
  @Test(
    arguments: [
      ("leading NUL", Array("\0/ { };".utf8)),
      ("UTF-16", [0xff, 0xfe] + Array("/\0 \0{\0}\0;\0".utf8)),
      ("noise", (0..<300).map { UInt8(truncatingIfNeeded: $0 * 167 + 131) }),
    ] as [(String, [UInt8])])
  func aBinaryFragmentIsRefused(name: String, bytes: [UInt8]) async throws {
    try await ScratchFolder.with { scratch in
      try HostFile.write(bytes, to: scratch["extra.dts"])
      let result = try await CMALabProcess([
        "predict", "--dts-append", scratch["extra.dts"].string,
      ]).result()
      #expect(result.status == .exited(2))
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.complaints.first?.contains("bytes that are not text") == true)
    }
  }

  /// A blob is what a newcomer has.
  @Test func aBlobForAFragmentIsNamed() async throws {
    try await ScratchFolder.with { scratch in
      try HostFile.write(
        [0xd0, 0x0d, 0xfe, 0xed] + Array(repeating: 0, count: 60), to: scratch["board.dtb"])
      let result = try await CMALabProcess(
        ["predict", "--dts-append", "board.dtb"], directory: scratch.path
      ).result()
      #expect(result.status == .exited(64))
      #expect(
        result.complaints == [
          "cmalab: error: --dts-append board.dtb: this is a device tree, as a blob: give it with --dtb"
        ])
    }
  }

  @Test func aFolderThatIsNoRunsIsNamed() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await CMALabProcess(["observe", "."], directory: scratch.path).result()
      #expect(result.status == .exited(2))
      #expect(
        result.complaints == [
          "cmalab: error: . is not the folder of a run, which has a record.json: give one, or a console log"
        ])
    }
  }

  /// A newcomer sits at a terminal; a script reads results alone.
  @Test(arguments: [
    ("boards", "cmalab boards show arm64-4g"), ("kernels", "cmalab build kernel --kernel "),
  ])
  func aTerminalShowsWhatToTypeNext(command: String, line: String) async throws {
    let shown = try await TypedCommand([command], steps: []).shown()
    #expect(shown.contains("\nNext:\n"))
    #expect(shown.contains("\n  \(line)"))
    #expect(shown.hasSuffix("[status 0] [restored True] []\n"))
    let result = try await CMALabProcess([command]).result()
    #expect(!"\(result.output)\(result.errors)".contains("Next:"))
  }

  @Test func theEndOfABankIsItsLastByte() async throws {
    let result = try await CMALabProcess(["predict", "--bank", "0-1G"]).result()
    #expect(result.status == .exited(64))
    #expect(
      result.complaints == [
        "cmalab: error: --bank: bank 0x0-0x40000000 ends with the first byte of a page, and END is the "
          + "last byte: write 0x3fffffff"
      ])
  }

  /// Whoever writes a board file looks there at the carve-outs.
  @Test func aBoardsRegionsAreDrawn() async throws {
    let result = try await CMALabProcess(["boards", "show", "am654-evm"]).result()
    #expect(result.status == .exited(0))
    #expect(result.output.contains(/x +0x9e800000 - +0x9fffffff +24 MiB +secure-ddr@9e800000/))
  }

  /// The article on board files names boards that have what it says.
  @Test func theArticlesExampleHasRegions() throws {
    let folder = TestEnvironment.checkout
    let article = String(
      decoding: try HostFile.read(
        folder.pushing("Sources/cmalab/cmalab.docc/AddingABoard.md"), limit: 1 << 20), as: UTF8.self
    )
    let named = try #require(
      article.firstMatch(of: /`reserved`\s+regions, as in `(boards\/[^`]+)`/))
    let board = String(
      decoding: try HostFile.read(folder.pushing(FilePath(String(named.1))), limit: 1 << 20),
      as: UTF8.self)
    #expect(board.contains("reserved:"))
  }

  /// A kernel's source includes headers of its tree.
  @Test func aSourceWithIncludesIsLintedFromItsTree() async throws {
    try await ScratchFolder.with { scratch in
      _ = try scratch.write("#define RAM 0x40000000\n", to: "include/dt-bindings/ram.h")
      let source = """
        /dts-v1/;
        #include <dt-bindings/ram.h>
        / {
          #address-cells = <2>; #size-cells = <2>;
          memory@40000000 { device_type = "memory"; reg = <0 RAM 0 0x40000000>; };
        };
        """
      let file = try scratch.write(source, to: "board.dts")
      let result = try await CMALabProcess([
        "lint", file.string, "-I", scratch["include"].string, "--page-size", "4k",
      ]).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      #expect(result.output.contains("0 errors"), "\(result.output)")
    }
  }
}
