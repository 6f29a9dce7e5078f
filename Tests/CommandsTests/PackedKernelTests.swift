// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests.Forms {
  /// Kernels as others packed them, booted: the same verdict as of the Image that is in them.
  @Suite struct PackedKernelTests {
    @Test func whatTheKernelsMakefilePacksIsTheSameKernel() async throws {
      let build = try #require(PackedKernels.zboot)
      let boot = build.pushing("arch/arm64/boot")
      try await expectSame(
        boot.appending("vmlinuz.efi"), as: boot.appending("Image"),
        configuration: build.appending(".config"))
    }

    /// Since Linux 7.0 the .config is in another package than the kernel.
    @Test(arguments: DistributionKernel.asked.filter { $0.architecture == .arm64 })
    func aDistributionsPackageIsTheSameKernel(_ kernel: DistributionKernel) async throws {
      try await ScratchFolder.with { scratch in
        let cache = try ContentCache.ofUser(environment: TestEnvironment.variables)
        let files = try await kernel.files(in: cache)
        let packages = try await kernel.packages(in: scratch)
        try await expectSame(
          packages.image, as: files.image, configuration: packages.configuration)
        guard packages.image == packages.configuration else { return }
        // It brings its own.
        let record = try await record(of: packages.image, [])
        #expect(record.prediction?.verdict == .pass, "\(record.unpredicted ?? record.reason)")
      }
    }

    private func expectSame(
      _ packed: FilePath, as image: FilePath, configuration: FilePath
    ) async throws {
      let options = ["--kernel-config", configuration.string]
      let record = try await record(of: packed, options)
      let plain = try await self.record(of: image, options)
      #expect(record.verdict == .pass, "\(record.reason)")
      #expect(record.prediction?.verdict == .pass, "\(record.unpredicted ?? record.reason)")
      #expect(record.verdict == plain.verdict && record.reason == plain.reason)
      #expect(record.observed.cmaAreas == plain.observed.cmaAreas)
      #expect(record.observed.cmaTotalBytes == plain.observed.cmaTotalBytes)
      #expect(try #require(record.digests?["Image"]) == plain.digests?["Image"])
    }

    private func record(of kernel: FilePath, _ options: [String]) async throws -> RunRecord {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess(
          [
            "boot", "--layout", "stock", "--cma", "64M", "--timeout", "240", "--format", "json",
            "--out", scratch["run"].string, "--kernel-image", kernel.string,
          ] + options
        ).result()
        try #require(result.status == .exited(0), "\(result.errors)")
        return try result.record
      }
    }
  }
}

extension Guests.ARM {
  /// The zImage is what 32-bit ARM's makefile makes, and what a boot loader's tools pack again.
  @Suite struct PackedKernelTests {
    @Test(arguments: [[], ["--lpae"]])
    func aZImageIsTheSameKernel(_ options: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let built = try await CMALabProcess(
          ["build", "kernel", "--architecture", "arm"] + options
        ).result(deadline: .seconds(300))
        let image = FilePath(String(built.output.prefix { $0 != "\n" }))
        // Its magic number (arch/arm/boot/compressed/head.S), 0x016f2818.
        #expect(try HostFile.read(image, bytes: 36..<40) == [0x18, 0x28, 0x6f, 0x01])
        let legacy = scratch["uImage"]
        _ = try await ToolCommand(
          .named("mkimage"),
          [
            "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none", "-a", "0x80008000", "-e",
            "0x80008000", "-n", "a kernel", "-d", image.string, legacy.string,
          ]
        ).output()
        let own = try await record(options, in: scratch["own"])
        let configuration = image.removingLastComponent().appending("config").string
        for (name, kernel) in [("zImage-run", image), ("uImage-run", legacy)] {
          let record = try await record(
            ["--kernel-image", kernel.string, "--kernel-config", configuration],
            in: scratch[name])
          #expect(record.verdict == .pass, "\(record.reason)")
          #expect(record.prediction?.verdict == .pass, "\(record.unpredicted ?? record.reason)")
          #expect(record.observed.cmaAreas.map(\.base) == own.observed.cmaAreas.map(\.base))
          #expect(record.observed.cmaTotalBytes == own.observed.cmaTotalBytes)
        }
      }
    }

    private func record(_ options: [String], in run: FilePath) async throws -> RunRecord {
      let result = try await CMALabProcess(
        ["boot", "--board", "arm-am57xx", "--cma", "64M", "--format", "json", "--out", run.string]
          + options
      ).result()
      try #require(result.status == .exited(0), "\(result.errors)")
      return try result.record
    }
  }
}
