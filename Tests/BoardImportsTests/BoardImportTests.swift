// SPDX-License-Identifier: Apache-2.0
import BoardImports
import BoardLogs
import Boards
import BootLogs
import DeviceTrees
import Explanations
import FoundationEssentials
import MemoryRequests
import Quantities
import SystemPackage
import Testing
import YAMLFiles

/// Board files of the boards of real logs.
@Suite struct BoardImportTests {
  @Test(arguments: BoardLogCase.all)
  func theFileHasTheBoard(_ board: BoardLogCase) async throws {
    let expected = try #require(try board.expected.last)
    let log = BootLog(try board.log)
    let boot = try #require(log.boots.last)
    let tree = try await tree(of: board)
    guard let banks = expected.banks, !banks.isEmpty else {
      #expect(throws: ImportFault.noMemory) {
        try BoardImport(name: "board", from: BoardSources(log: ("console.log", boot), tree: tree))
      }
      return
    }
    let imported = try BoardImport(
      name: "board", from: BoardSources(log: ("console.log", boot), tree: tree),
      withFilesBeside: false)
    let file = try Board(YAMLText(file: "board.yaml", yaml: imported.text), name: "board")
    let layout = file.layouts[0]
    // As expected, adjacent ones joined, in whole pages.
    #expect(layout.banks.map(\.start.description) == banks.map(\.start))
    let ends = try banks.map { try #require(UInt64($0.end.dropFirst(2), radix: 16)) + 1 }
    #expect(layout.banks.map { $0.last.value + 1 } == ends.map { $0 & ~0xfff })
    #expect(file.architecture.rawValue == expected.architecture)
    for pool in expected.pools {
      guard let name = pool.name else {
        if let bytes = pool.bytes, expected.pools.count(where: { $0.name == nil }) == 1 {
          #expect(file.defaults.cma?.bytes == bytes)
        }
        continue
      }
      let stem = name.split(separator: "@")[0]
      let region = layout.reserved.first { $0.region.name == stem }
      if let bytes = pool.bytes { #expect(region?.region.bytes == bytes, "\(name)") }
    }
    let loader = boot.loader
    if let initramfs = loader.ramdisk?.value {
      #expect(file.loader?.initramfs == initramfs.start)
      #expect(file.loader?.initramfsSize == initramfs.size)
    }
    #expect(file.loader?.kernel == nil || file.loader?.kernel == loader.kernel?.value)
    #expect(
      file.loader?.deviceTree == nil || file.loader?.deviceTree == loader.deviceTree?.value.start)
    #expect(imported.text.utf8.allSatisfy { $0 == 0x0a || 0x20...0x7e ~= $0 })
  }

  private static let bank = [
    "Early memory node ranges", "  node   0: [mem 0x0000000000000000-0x000000003fffffff]",
    "Initmem setup node 0 [mem 0x0000000000000000-0x000000003fffffff]",
  ]

  private func imported(_ messages: [String], after loader: String = "") throws -> BoardImport {
    let text = loader + messages.map { "[    0.000000] \($0)\n" }.joined()
    let boot = try #require(BootLog(Array(text.utf8)).boots.last)
    return try BoardImport(name: "board", from: BoardSources(log: ("dmesg.txt", boot)))
  }

  /// A zImage unpacks itself: where U-Boot put it is no place of a kernel's, and no file of ours.
  @Test(arguments: [("0x00200000", false), ("0x00208000", true)])
  func aZImagesPlaceIsTheOneItUnpacksTo(address: String, isPlace: Bool) throws {
    let board = try imported(
      [
        "Booting Linux on physical CPU 0x0", "Linux version 6.1.30 (b@h) (gcc) #1 SMP",
        "CPU: ARMv7 Processor [413fc090] revision 0 (ARMv7), cr=18c5387d",
        "OF: fdt: Machine model: Example Zynq",
      ] + Self.bank + ["Kernel command line: console=ttyPS0"],
      after: "     Load Address: \(address)\n\nStarting kernel ...\n\n")
    let file = try Board(YAMLText(file: "board.yaml", yaml: board.text), name: "board")
    #expect(file.architecture == .arm)
    #expect((file.loader?.kernel != nil) == isPlace)
    #expect(board.text.contains("# the boot loader put the kernel at 0x200000") == !isPlace)
  }

  @Test func aLogOfAnotherArchitectureIsNoBoard() {
    #expect(throws: ImportFault.architecture("riscv64")) {
      try imported(
        ["Linux version 6.6.63 (b@h) (riscv64-unknown-linux-gnu-gcc 13.2.1) #1 SMP"] + Self.bank)
    }
  }

  @Test(arguments: [
    ("smp: Brought up 1 node, 4 CPUs", 4), ("smp: Brought up 2 nodes, 64 CPUs", 8),
    ("Brought up 2 CPUs", 2),
  ])
  func theLogSaysHowManyCPUsRun(line: String, count: Int) throws {
    let board = try imported(["Linux version 6.1.30-arm64 (b@h) (gcc) #1 SMP"] + Self.bank + [line])
    let file = try Board(YAMLText(file: "board.yaml", yaml: board.text), name: "board")
    #expect(file.cpu.count == count)
    #expect(board.text.contains("# dmesg.txt:5: [    0.000000] \(line); a guest has at most 8"))
  }

  /// A node has alloc-ranges, of which a log has no word: predictions by the file put it elsewhere.
  @Test func whereTheModelDisagreesTheFileSaysSo() throws {
    func board(_ base: String) throws -> BoardImport {
      try imported(
        [
          "Linux version 6.1.30-arm64 (b@h) (gcc) #1 SMP",
          "Reserved memory: created CMA memory pool at \(base), size 64 MiB",
          "OF: reserved mem: initialized node linux,cma, compatible id shared-dma-pool",
        ] + Self.bank)
    }
    let remark =
      "# 'linux,cma' is at 0x10000000 in the log, and 0x3c000000 by the model: the log does not show"
    #expect(try board("0x0000000010000000").text.contains(remark))
    #expect(try !board("0x000000003c000000").text.contains("by the model"))
  }

  @Test func aTreeAloneIsEnough() async throws {
    let board = try #require(BoardLogCase.all.first { $0.name == "kv260-612-1024m-crlf" })
    let imported = try BoardImport(
      name: nil, from: BoardSources(tree: try await tree(of: board)))
    let file = try Board(
      YAMLText(file: "\(imported.name).yaml", yaml: imported.text), name: imported.name)
    #expect(file.layouts[0].banks.map(\.start.value) == [0, 0x8_0000_0000])
    #expect(imported.text.contains("# board.dts: /memory"))
  }

  /// As of arch/arm/boot/dts/cirrus/ep93xx-ts7250.dts: kernels add one to the other.
  @Test func memoryNodesThatOverlapAreOneBank() async throws {
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>; model = "Two nodes";
          cpus { #address-cells = <1>; #size-cells = <0>;
                 cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a7"; reg = <0>; }; };
          memory@0 { device_type = "memory"; reg = <0 0x2000000>; };
          memory@1000000 { device_type = "memory"; reg = <0x1000000 0x3000000>; }; };
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "board.dts")
    try Data(source.utf8).write(to: file)
    let blob = try await DTC().blob(of: FilePath(file.path)).blob
    let tree = try #require(OwnerTree(file: "board.dts", blob: blob))
    let imported = try BoardImport(name: "board", from: BoardSources(tree: tree))
    let board = try Board(YAMLText(file: "board.yaml", yaml: imported.text), name: "board")
    #expect(board.layouts[0].banks.map(\.description) == ["0x0-0x3ffffff"])
  }

  @Test func aTreeBesideTheFileHasTheRegions() async throws {
    let board = try #require(BoardLogCase.all.first { $0.name == "ast2500-515-ignoring-ram" })
    let tree = try #require(try await tree(of: board))
    let boot = try #require(BootLog(try board.log).boots.last)
    let imported = try BoardImport(
      name: "board", from: BoardSources(log: ("console.log", boot), tree: tree))
    #expect(imported.deviceTree == tree.blob)
    let file = try Board(YAMLText(file: "there/board.yaml", yaml: imported.text), name: "board")
    #expect(file.deviceTree == "there/board.dtb")
    #expect(file.layouts[0].reserved.isEmpty)
    #expect(imported.text.contains("    # reserved:\n    #   - { name: "))
  }

  private func tree(of board: BoardLogCase) async throws -> OwnerTree? {
    guard board.hasTree else { return nil }
    let blob = try await DTC().blob(of: FilePath(board.url("board.dts").path)).blob
    return OwnerTree(file: "board.dts", blob: blob)
  }
}

extension ReservedRegion {
  fileprivate var bytes: UInt64? {
    switch placement {
    case .fixed(let ranges): ranges.first?.size.bytes
    case .dynamic(let size, _, _): size.bytes
    }
  }
}
