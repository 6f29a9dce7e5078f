// SPDX-License-Identifier: Apache-2.0
import BootLogs
import DeviceTrees
import Explanations
import FoundationEssentials
import Quantities
import Records
import SystemPackage
import Testing

/// What log and device tree say together, on boards of a few nodes.
@Suite struct TreeFindingTests {
  private func tree(_ regions: String) async throws -> OwnerTree {
    let source = """
      /dts-v1/;
      / {
          #address-cells = <2>;
          #size-cells = <2>;
          memory@0 { device_type = "memory"; reg = <0 0 0 0x20000000>; };
          reserved-memory {
              #address-cells = <2>;
              #size-cells = <2>;
              ranges;
              \(regions)
          };
      };

      """
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dts")
    try Data(source.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let blob = try await DTC().blob(of: FilePath(file.path)).blob
    return try #require(OwnerTree(file: "board.dts", blob: blob))
  }

  private static let log = [
    "Linux version 6.1.140-arm64 (b@h) (gcc) #1 SMP", "Machine model: Example Board",
    "OF: reserved mem: failed to allocate memory for node 'linux,cma': size 256 MiB",
    "Early memory node ranges", "  node   0: [mem 0x0000000000000000-0x000000000fffffff]",
    "  node   0: [mem 0x0000000010000000-0x00000000101fffff]",
    "  node   0: [mem 0x0000000010200000-0x000000001fffffff]",
    "Initmem setup node 0 [mem 0x0000000000000000-0x000000001fffffff]",
    "Kernel command line: console=ttyS0",
    "Memory: 460000K/524288K available (10240K kernel code, 1000K rwdata, 4000K rodata, "
      + "1024K init, 500K bss, 64288K reserved, 0K cma-reserved)",
  ]

  private func explained(_ regions: String) async throws -> ExplainedBoot {
    let text = Self.log.map { "[    0.000000] \($0)\n" }.joined()
    let explainer = Explainer(
      log: "dmesg.txt", tree: try await tree(regions), configuration: nil)
    return try #require(explainer.explanation(of: BootLog(Array(text.utf8))).explained)
  }

  private static let monitor =
    "monitor@10000000 { reg = <0 0x10000000 0 0x200000>; no-map; };"

  @Test func aNodeThatIsTooLargeIsToldTheSizeThatFits() async throws {
    let boot = try await explained(
      Self.monitor + """
        linux,cma {
            compatible = "shared-dma-pool"; reusable; linux,cma-default;
            size = <0 0x10000000>; alignment = <0 0x400000>;
        };
        """)
    let finding = try #require(boot.findings.first)
    #expect(finding.id == .nodeRefused)
    #expect(finding.cause.contains("monitor@10000000 (0x10000000-0x101fffff) lies there"))
    #expect(finding.cause.contains("252 MiB are the most that fit"))
    #expect(finding.remedy.contains("Lower the size of 'linux,cma' to 252 MiB"))
    // In its place, and below the memory map.
    let safe = try #require(boot.predicted?.safeBytes)
    #expect(safe > .mebibytes(200) && safe < .mebibytes(252))
    #expect(boot.next.map(\.text).contains("cma=\(safe.kernelArgument)"))
    #expect(
      boot.next.map(\.text).contains(
        "cmalab import --log dmesg.txt --dtb board.dts --output my-board.yaml"))
  }

  @Test func aRangeWithoutRAMIsNamedAsOne() async throws {
    let boot = try await explained(
      Self.monitor + """
        linux,cma {
            compatible = "shared-dma-pool"; reusable; linux,cma-default;
            size = <0 0x10000000>; alloc-ranges = <0 0x40000000 0 0x10000000>;
        };
        """)
    let finding = try #require(boot.findings.first)
    #expect(
      finding.cause == "There is no RAM in the alloc-ranges of 'linux,cma' "
        + "(0x40000000-0x4fffffff): RAM is 0x0-0x1fffffff.")
    #expect(finding.remedy.contains("where there is RAM"))
    #expect(finding.evidence.contains { $0.text.contains("alloc-ranges 0x40000000-0x4fffffff") })
  }
}
