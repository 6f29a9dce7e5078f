// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GuestRequests
import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

/// A device tree as a board's owner has it: firmware at the start of RAM, buses that do not reach all
/// of it, a pool with a user, and words for a console that the guest does not have.
enum OwnTreeSource {
  static let text = """
    /dts-v1/;
    /memreserve/ 0x4f000000 0x1000;
    / {
      #address-cells = <2>;
      #size-cells = <2>;
      model = "Example Camera Board";
      compatible = "example,camera", "example,soc";
      interrupt-parent = <&gic>;
      aliases { serial0 = &uart; };
      chosen {
        bootargs = "console=ttyS0,115200 earlycon quiet root=/dev/mmcblk0p2 rootwait cma=48M";
        stdout-path = "serial0:115200n8";
      };
      cpus {
        #address-cells = <2>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0 0>;
                enable-method = "spin-table"; cpu-release-addr = <0 0x1f0>; };
        cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0 1>;
                enable-method = "spin-table"; cpu-release-addr = <0 0x1f0>; };
      };
      memory@20000000 { device_type = "memory"; reg = <0 0x20000000 0 0x30000000>; };
      memory@100000000 { device_type = "memory"; reg = <1 0 0 0x10000000>; };
      reserved-memory {
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        secure-firmware@20000000 { reg = <0 0x20000000 0 0x600000>; no-map; };
        camera_pool: camera@30000000 { compatible = "shared-dma-pool"; reusable;
                                       reg = <0 0x30000000 0 0x2000000>; };
      };
      soc {
        compatible = "simple-bus";
        #address-cells = <1>;
        #size-cells = <1>;
        ranges = <0 0 0xf0000000 0x1000000>;
        dma-ranges = <0 0 0 0x40000000>;
        gic: interrupt-controller@1000 {
          compatible = "arm,gic-400";
          interrupt-controller;
          #interrupt-cells = <3>;
          reg = <0x1000 0x1000>, <0x2000 0x1000>;
        };
        uart: serial@8000 { compatible = "snps,dw-apb-uart"; reg = <0x8000 0x100>;
                            interrupts = <0 10 4>; };
        camera@9000 { compatible = "example,camera-isp"; reg = <0x9000 0x100>;
                      memory-region = <&camera_pool>; };
      };
    };
    """

  static let withoutMemory = text.replacing(
    "reg = <0 0x20000000 0 0x30000000>", with: "reg = <0 0 0 0>"
  )
  .replacing("reg = <1 0 0 0x10000000>", with: "reg = <0 0 0 0>")
}

extension Guests.EveryLine {
  @Suite struct OwnTreeTests {
    /// The guest boots with the tree, and its pools are where they were predicted.
    @Test(arguments: TestLines.all, [[], ["--cma", "160M"]])
    func whatIsPredictedIsBooted(line: String, options: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let tree = try scratch.write(OwnTreeSource.text, to: "camera.dts")
        let arguments = ["--dtb", tree.string, "--kernel", line, "--format", "json"] + options
        let predicted = try await CMALabProcess(["predict"] + arguments).result()
        #expect(predicted.status == .exited(0), "\(predicted.errors)")
        let guest = try JSONDecoder().decode(
          PredictedGuest.self, from: Data(predicted.output.utf8))
        let booted = try await CMALabProcess(
          ["boot", "--out", scratch["run"].string] + arguments
        ).result()
        let record = try booted.record
        #expect(record.verdict == .pass, "\(record.reason) \(booted.errors)")
        #expect(record.checks.first { $0.id == .prediction }?.verdict == .pass)
        #expect(record.request.board == "camera-dts" && record.request.layout == "tree")
        #expect(record.predicted?.pools == guest.predicted.pools)
        let asked = options.isEmpty ? ByteCount.mebibytes(48) : .mebibytes(160)
        let pool = try #require(record.observed.cmaAreas.first { $0.name == "reserved" })
        #expect(pool.bytes == asked)
        // In reach of the bus, and clear of the camera's.
        #expect(pool.base.value + pool.bytes.bytes <= 0x4000_0000)
        #expect(record.observed.cmaAreas.contains { $0.base == PhysicalAddress(0x3000_0000) })
        // The kernel is behind the firmware.
        let placement = try #require(record.request.placement)
        #expect(placement.kernel.start.value >= 0x2060_0000)
        let again = try #require(record.request.asked)
        #expect(again.bootArguments.starts(with: ["--dtb", tree.string]))
      }
    }
  }
}

extension Guests {
  @Suite struct OwnTreeGuestTests {
    /// The test module has a device for the tree's own pool.
    @Test func aPoolOfTheTreeIsTested() async throws {
      try await ScratchFolder.with { scratch in
        let tree = try scratch.write(OwnTreeSource.text, to: "camera.dts")
        let booted = try await CMALabProcess([
          "boot", "--dtb", tree.string, "--test", "region", "--format", "json", "--out",
          scratch["run"].string,
        ]).result()
        let record = try booted.record
        #expect(record.verdict == .pass, "\(record.reason) \(booted.errors)")
        #expect(record.tests.first?.verdict == .pass, "\(record.tests)")
      }
    }

    @Test func whatALoaderFillsInIsGiven() async throws {
      try await ScratchFolder.with { scratch in
        let tree = try scratch.write(OwnTreeSource.withoutMemory, to: "camera.dts")
        let refused = try await CMALabProcess(["predict", "--dtb", tree.string]).result()
        #expect(refused.status != .exited(0))
        #expect(refused.errors.contains("camera.dts has no RAM"), "\(refused.errors)")
        #expect(refused.errors.contains("--bank"))
        let booted = try await CMALabProcess([
          "boot", "--dtb", tree.string, "--bank", "0x20000000+768M", "--format", "json", "--out",
          scratch["run"].string,
        ]).result()
        #expect(try booted.record.verdict == .pass, "\(booted.errors)")
      }
    }

    @Test func maxSuggestLintAndDTSTakeIt() async throws {
      try await ScratchFolder.with { scratch in
        let tree = try scratch.write(OwnTreeSource.text, to: "camera.dts").string
        let most = try await CMALabProcess(["max", "--dtb", tree, "--format", "json"]).result()
        let maximum = try #require(
          try JSONDecoder().decode([MaximumPool].self, from: Data(most.output.utf8)).first)
        // Below the reach of the bus, but for the firmware, the camera's pool and the kernel.
        #expect(maximum.fits.bytes > .mebibytes(160) && maximum.fits.bytes < .mebibytes(256))
        let suggested = try await CMALabProcess([
          "suggest", "--dtb", tree, "--cma", "64M", "--format", "json",
        ]).result()
        #expect(suggested.status == .exited(0), "\(suggested.errors)")
        #expect(suggested.output.contains("--dtb"))
        let byName = try await CMALabProcess(["lint", tree, "--format", "json"]).result()
        let byOption = try await CMALabProcess(["lint", "--dtb", tree, "--format", "json"]).result()
        #expect(byName.output == byOption.output && !byName.output.isEmpty)
        let source = try await CMALabProcess(["dts", "--dtb", tree]).result()
        #expect(source.output.contains("cmalab-guest"), "\(source.errors)")
        #expect(source.output.contains(#"not-driven = "example,camera-isp""#))
      }
    }
  }
}

@Suite struct OwnTreeUsageTests {
  @Test(
    arguments: [
      (["--board", "rpi4"], "--board and --dtb both say which board"),
      (["--board", "arm64-4g"], "--board and --dtb both say which board"),
      (["--layout", "wide"], "--layout is of a board of cmalab's"),
    ])
  func whatDoesNotGoTogetherIsRefused(options: [String], words: String) async throws {
    let result = try await CMALabProcess(["predict", "--dtb", "/nowhere.dtb"] + options).result()
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func aTreeHasOneLayout() async throws {
    let result = try await CMALabProcess([
      "max", "--dtb", "/nowhere.dtb", "--all-layouts",
    ]).result()
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("a device tree has one layout"), "\(result.errors)")
  }

  @Test func whatIsNoTreeIsNamed() async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write("no tree", to: "board.dtb")
      let result = try await CMALabProcess(["predict", "--dtb", file.string]).result()
      #expect(result.status == .exited(2))
      #expect(result.errors.contains("\(file): "), "\(result.errors)")
    }
  }
}
