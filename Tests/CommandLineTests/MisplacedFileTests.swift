// SPDX-License-Identifier: Apache-2.0

import HostFiles
import SystemPackage
import Testing

@testable import Commands

/// Files where files of another kind belong.
@Suite struct MisplacedFileTests {
  /// A name and the first bytes of a file, and what it is.
  private static let files: [(name: String, head: [UInt8], kind: FileKind?)] = [
    ("board.dtb", [0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 0x48], .treeBlob),
    ("fdt", [0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 0x48], .treeBlob),
    ("board.dts", Array("#include <dt-bindings/gpio/gpio.h>\n".utf8), .treeSource),
    ("board.txt", Array("/* mine */\n/dts-v1/;\n/ { };\n".utf8), .treeSource),
    (
      "mine.yaml", Array("name: mine\nphysical-ram:\nlayouts:\n# Linux version 6.1.0\n".utf8),
      .board
    ),
    ("edges.yaml", Array("name: edges\naxes:\n  cma: [64M]\n".utf8), .matrix),
    (
      "config", Array("# Linux/arm64 6.1.0 Kernel Configuration\nCONFIG_CMA=y\n".utf8),
      .kernelConfiguration
    ),
    ("Image", Array(repeating: 0, count: 56) + Array("ARM\u{64}".utf8), .kernelImage),
    ("vmlinux", [0x7f] + Array("ELF".utf8), .kernelImage),
    (
      "fit.itb",
      [0xd0, 0x0d, 0xfe, 0xed] + Array(repeating: 0, count: 60) + [0, 0, 0, 1]
        + Array("images\0".utf8), .kernelImage
    ),
    ("uImage", [0x27, 0x05, 0x19, 0x56] + Array(repeating: 0, count: 60), .kernelImage),
    // A package has a kernel, a .config, or both.
    (
      "kernel.deb",
      Array("!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n".utf8)
        + Array("\nCONFIG_CMA=y\n".utf8), nil
    ),
    ("dmesg.txt", Array("[    0.000000] Linux version 6.1.0 (a@b) #1 SMP\n".utf8), .bootLog),
    (
      "serial.txt",
      Array("U-Boot 2023.04\n[    0.000000] Linux version 6.1.0 (a@b) #1 SMP\n".utf8), .bootLog
    ),
    ("notes.txt", Array("nothing of the kind\n".utf8), nil),
    ("empty", [], nil),
  ]

  @Test func aFileIsKnownByItsHead() async throws {
    try await HostFile.withTemporaryFolder { folder in
      for file in Self.files {
        let path = folder.appending(file.name)
        try HostFile.write(file.head, to: path)
        #expect(FileKind(of: path) == file.kind, "\(file.name)")
      }
      #expect(FileKind(of: folder.appending("none")) == nil)
      #expect(FileKind(of: folder) == nil)
    }
  }

  private static let tool = CommandTree(of: CommandLineTool.self)

  private func misplaced(_ arguments: [String]) throws -> String? {
    MisplacedFile(in: arguments, of: try #require(Self.tool)) { file in
      Self.files.first { $0.name == file.string }?.kind
    }?.description
  }

  @Test(arguments: [
    (
      ["boot", "--board", "board.dtb"],
      "--board board.dtb: this is a device tree, as a blob: give it with --dtb"
    ),
    (
      ["predict", "--cma=64M", "--dtb=mine.yaml"],
      "--dtb mine.yaml: this is a board file: give it with --board"
    ),
    (
      ["boot", "--kernel-image", "config"],
      "--kernel-image config: this is a kernel's .config: give it with --kernel-config"
    ),
    (
      ["predict", "--kernel-config", "Image"],
      "--kernel-config Image: this is a kernel's image: give it with --kernel-image"
    ),
    (["lint", "dmesg.txt"], "dmesg.txt: this is a boot log: cmalab explain dmesg.txt"),
    (["matrix", "mine.yaml"], "mine.yaml: this is a board file: cmalab predict --board mine.yaml"),
    (
      ["boards", "show", "board.dts"],
      "board.dts: this is a device tree's source: cmalab predict --dtb board.dts"
    ),
    (
      ["import", "--log", "board.dtb"],
      "--log board.dtb: this is a device tree, as a blob: give it with --dtb"
    ),
    (["report", "edges.yaml"], "edges.yaml: this is a matrix file: cmalab matrix edges.yaml"),
  ])
  func whereAFileBelongsIsSaid(arguments: [String], words: String) throws {
    #expect(try misplaced(arguments) == words)
  }

  /// What is told without the parser's own description is what that one says.
  @Test(arguments: [
    (["lint", "board.dts"], true), (["lint", "--page-size", "4k", "board.dts"], true),
    (["lint", "dmesg.txt"], false), (["lint", "--rules", "board.dts"], false),
    (["predict", "--board", "mine.yaml"], true), (["predict", "--board", "board.dtb"], false),
    (["predict", "--dtb=board.dtb"], true), (["predict", "--dtb=mine.yaml"], false),
    (["explain", "dmesg.txt"], true), (["boards", "show", "mine.yaml"], true),
    (["boards", "show", "board.dts"], false), (["boards", "mine.yaml"], false),
    (["matrix", "run", "edges.yaml"], true), (["matrix", "edges.yaml"], false),
    (["explain", "--", "board.dts"], false), (["boot", "--out", "mine.yaml"], true),
  ])
  func aPlainLineIsSettledAtOnce(arguments: [String], isInPlace: Bool) throws {
    let index = arguments.count - 1
    let name = arguments[index].split(separator: "=").last.map(String.init)
    let kind = try #require(Self.files.first { $0.name == name }?.kind)
    #expect(MisplacedFile.isInPlace(arguments, at: index, kind: kind) == isInPlace)
    if isInPlace { #expect(try misplaced(arguments) == nil) }
  }

  @Test(arguments: [
    ["lint", "board.dts"], ["lint", "mine.yaml"], ["predict", "--board", "mine.yaml"],
    ["boot", "--dtb", "board.dtb", "--kernel-image", "Image"], ["boot", "--out", "mine.yaml"],
    ["observe", "dmesg.txt"], ["matrix", "edges.yaml"], ["import", "--log", "serial.txt"],
    ["boot", "--append", "config"], ["predict", "--board", "notes.txt"], ["explain", "board.dtb"],
    ["max", "--dts-append", "board.dts", "--kernel-config=config"],
  ])
  func whatBelongsThereIsTaken(arguments: [String]) throws {
    #expect(try misplaced(arguments) == nil)
  }
}
