// SPDX-License-Identifier: Apache-2.0

import Advice
import FoundationEssentials
import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// Every finding of `cmalab lint`, and a guest that shows it.
  @Suite struct LintTests {
    @Test(arguments: LintCell.all(on: TestLines.all))
    func aGuestShowsEachFinding(_ line: String, _ cell: LintCell) async throws {
      try await ScratchFolder.with { scratch in
        var arguments = ["--kernel", line] + cell.arguments
        if let fragment = cell.fragment {
          arguments += [
            "--dts-append", try scratch.write(fragment, to: "fragment.dtsi").string,
          ]
        }
        if !cell.arguments.contains(where: { ["--board", "--layout"].contains($0) }) {
          arguments += ["--layout", "wide"]
        }
        let linted = try await CMALabProcess(
          ["lint", "--page-size", "4k", "--format", "json"] + arguments
        ).result()
        let report = try JSONDecoder().decode(LintReport.self, from: Data(linted.output.utf8))
        #expect(linted.status == .exited(report.hasErrors ? 1 : 0), "\(linted.errors)")
        let finding = try #require(
          report.findings.first { $0.rule.rawValue == cell.rule }, "\(report.findings.map(\.rule))")
        if let place = cell.place { #expect(finding.place.key == place) }
        let out = scratch["run"]
        let booted = try await CMALabProcess(
          ["boot", "--format", "json", "--out", out.string] + arguments + cell.bootArguments
        ).result()
        try expect(finding, of: cell, in: booted, console: out.appending("console.log"))
      }
    }

    private func expect(
      _ finding: Finding, of cell: LintCell, in booted: CMALabResult, console: FilePath
    ) throws {
      let record = try booted.record
      switch cell.shown {
      case .itsMessage:
        let message = try #require(finding.message)
        let said = String(decoding: try HostFile.read(console, limit: 1 << 24), as: UTF8.self)
        #expect(said.contains(message), "\(record.reason)")
      case .failedCheck(let id):
        #expect(record.checks.first { $0.id == id }?.verdict == .fail, "\(record.reason)")
      case .ending(let kind):
        #expect(record.ending.kind == kind, "\(record.reason)")
      case .failure(let words):
        #expect(record.verdict == .fail)
        #expect(record.reason.contains(words), "\(record.reason)")
      case .region(let node, let kind):
        #expect(record.regions.first { $0.node == node }?.kind == kind, "\(record.reason)")
      case .pool(let limit):
        let areas = record.observed.cmaAreas
        #expect(areas.contains { $0.base.value + $0.bytes.bytes - 1 > limit }, "\(areas)")
      case .poolOverBootFile:
        let placement = try #require(record.request.placement)
        let files = [placement.initramfs, placement.deviceTree]
        let areas = record.observed.cmaAreas.compactMap {
          PhysicalRange(start: $0.base, size: $0.bytes)
        }
        #expect(areas.contains { area in files.contains { area.overlaps($0) } }, "\(areas)")
      case .warning(let words):
        #expect(booted.errors.contains(words), "\(booted.errors)")
      }
    }
  }
}

@Suite struct LintFileTests {
  @Test func aSourceAndItsBlobHaveTheSameFindings() async throws {
    let source = """
      /dts-v1/;
      / {
        #address-cells = <2>; #size-cells = <2>;
        memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x40000000>; };
        reserved-memory {
          #address-cells = <2>; #size-cells = <2>; ranges;
          a@90000000 {
            compatible = "shared-dma-pool"; reusable; reg = <0 0x90000000 0 0x3f00000>;
          };
          b@10000000 {
            compatible = "shared-dma-pool"; reusable; reg = <0 0x10000000 0 0x4000000>;
          };
        };
      };
      """
    try await ScratchFolder.with { scratch in
      let file = try scratch.write(source, to: "board.dts")
      let blob = scratch["board.dtb"]
      _ = try await ToolCommand(
        .named("dtc"), ["-q", "-O", "dtb", "-o", blob.string, "--", file.string]
      ).output(deadline: .seconds(300))
      for (path, name) in [(file, "board.dts"), (blob, "board.dtb")] {
        let result = try await CMALabProcess(["lint", path.string]).result()
        #expect(result.status == .exited(1), "\(result.errors)")
        for words in [
          "\(name): /reserved-memory/a@90000000:reg: error: base or size is not a multiple of 4 MiB",
          "[pool-alignment]", "incorrect alignment of CMA region",
          "/reserved-memory/b@10000000:reg: error: 0x10000000-0x13ffffff is not RAM",
          "assumed: the kernel is loaded at 0x80000000, the first place that no region",
        ] {
          #expect(result.output.contains(words), "\(result.output)")
        }
      }
    }
  }

  @Test func whatCannotBeReadIsTrouble() async throws {
    try await ScratchFolder.with { scratch in
      let broken = try scratch.write("/dts-v1/; / { x", to: "broken.dts")
      let noise = try scratch.write("no tree at all", to: "noise.dtb")
      for file in [broken, noise, scratch["missing.dtb"]] {
        let result = try await CMALabProcess(["lint", file.string]).result()
        #expect(result.status == .exited(2))
        #expect(result.output.isEmpty)
        #expect(result.complaints.count == 1, "\(result.errors)")
      }
      let unknown = try await CMALabProcess(["lint", "no-such-board"]).result()
      #expect(unknown.status == .exited(64))
    }
  }

  @Test(arguments: [
    "am654-evm", "arm-am57xx", "arm64-2g", "arm64-4g", "imx8mp-evk", "imx95-evk", "jetson-nano",
    "juno", "rpi4", "zcu102",
  ])
  func noBoardOfTheCatalogueHasErrors(_ board: String) async throws {
    let result = try await CMALabProcess(["lint", board]).result()
    #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
  }

  /// Who only asks needs no compiler, of whatever architecture the board is.
  @Test(arguments: ["arm-am57xx", "arm64-4g"])
  func aBoardIsLookedAtWithoutItsCompiler(_ board: String) async throws {
    try await ScratchFolder.with { scratch in
      let programs = try scratch.programs(["dtc", "setpriv", "prlimit"])
      let result = try await CMALabProcess(
        ["lint", board], environment: ["PATH": programs.string]
      ).result()
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.output.contains("there is no compiler to make it with"))
    }
  }
}
