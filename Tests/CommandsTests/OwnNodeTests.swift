// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import SystemPackage
import Testing

/// What is said of a tree's own node for the default pool: no guest is started for it.
@Suite struct OwnNodeTests {
  private static func tree(_ ranges: String) -> String {
    """
    /dts-v1/;
    / {
      #address-cells = <2>;
      #size-cells = <2>;
      model = "Example Vision Board";
      compatible = "example,vision";
      cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0>; };
      };
      memory@80000000 {
        device_type = "memory";
        reg = <0 0x80000000 0 0x80000000>, <8 0x80000000 0 0x80000000>;
      };
      reserved-memory {
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        firmware@9e800000 { reg = <0 0x9e800000 0 0x1800000>; no-map; };
        linux,cma {
          compatible = "shared-dma-pool"; reusable; linux,cma-default;
          size = <0 0x24000000>; alloc-ranges = <\(ranges)>;
        };
      };
    };

    """
  }

  private static let within = "0 0xc0000000 0 0x24000000"
  private static let outside = "4 0x00000000 0 0x24000000"

  private func run(_ arguments: [String], _ ranges: String) async throws -> CMALabResult {
    try await ScratchFolder.with { scratch in
      let tree = try scratch.write(Self.tree(ranges), to: "vision.dts")
      return try await CMALabProcess(
        arguments.map { $0 == "TREE" ? tree.string : $0 }, directory: scratch.path
      ).result(deadline: .seconds(120))
    }
  }

  @Test func itsRangeBoundsItsPool() async throws {
    let result = try await run(["predict", "--dtb", "TREE"], Self.within)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.output.contains("a larger one is bounded by: its alloc-ranges"))
  }

  /// A guest has no second default node: what the tree's own one would have to ask for is said.
  @Test func whatItWouldHaveToAskForIsSaid() async throws {
    let result = try await run(["suggest", "--dtb", "TREE", "--cma", "2G"], Self.within)
    #expect(result.status == .exited(1), "\(result.errors)")
    #expect(
      result.output.contains(
        "the tree has 'linux,cma', which gets it without cma=, if it has size 2 GiB and alloc-ranges "
          + "0x880000000-0x8ffffffff"), "\(result.output)")
    #expect(!result.output.contains("all that was tried is 2048 MiB"))
  }

  @Test func aSecondOneIsRefusedWithWhatToDo() async throws {
    let result = try await run(["max", "--dtb", "TREE", "--via", "dts"], Self.within)
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("change that node, or leave --via out"), "\(result.errors)")
  }

  @Test(arguments: [
    // cma= helps.
    ("predict", 1), ("suggest", 0), ("lint", 1),
  ])
  func aRangeWithoutRAMIsNamed(command: String, exitCode: Int32) async throws {
    let result = try await run([command, "--dtb", "TREE"], Self.outside)
    #expect(result.status == .exited(exitCode), "\(result.errors)")
    #expect(
      result.output.contains("there is no RAM in its alloc-ranges 0x400000000-0x423ffffff"),
      "\(result.output)")
  }

  /// It is a node of the tree, and no option asks for it.
  @Test func lintNamesTheNodeOfABoardsTree() async throws {
    try await ScratchFolder.with { scratch in
      let tree = try scratch.write(Self.tree(Self.outside), to: "vision.dts")
      let imported = try await CMALabProcess(
        ["import", "--dtb", tree.string, "--output", "vision.yaml"], directory: scratch.path
      ).result(deadline: .seconds(120))
      #expect(imported.status == .exited(0), "\(imported.errors)")
      let result = try await CMALabProcess(["lint", "vision.yaml"], directory: scratch.path)
        .result(deadline: .seconds(120))
      #expect(result.output.contains("/reserved-memory/linux,cma:size: error: there is no RAM"))
      #expect(!result.output.contains("--via"), "\(result.output)")
    }
  }
}
