// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

extension Guests {
  /// A kernel in its owner's forms, booted.
  @Suite struct KernelFileTests {
    @Test func aCompressedKernelIsTheSameKernel() async throws {
      try await ScratchFolder.with { scratch in
        let image = try await TestKernel.image()
        let packed = try await ToolCommand(.named("gzip"), ["-1c", image.string])
          .output(limit: 64 << 20)
        try HostFile.write(packed, to: scratch["kernel"])
        let result = try await boot(scratch["kernel"], in: scratch)
        try #require(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        #expect(result.errors.contains("cmalab: note: the kernel is out of: gzip\n"))
        #expect(record.request.kernel == scratch["kernel"].string)
        #expect(record.predicted == nil)
        let reason =
          "\(scratch["kernel"]) does not say how it is configured: give its .config with "
          + "--kernel-config"
        #expect(record.unpredicted == reason)
        let again = try await CMALabProcess(["observe", scratch["run"].string]).result()
        #expect(again.output.contains("\n  nothing is predicted: \(reason)\n"))
        #expect(record.digests?["Image"] == (try ContentKey(ofFile: image).hexadecimal))
        #expect(
          try ContentKey(ofFile: scratch["run"].appending("Image")) == ContentKey(ofFile: image))
      }
    }

    /// By U-Boot's own tool: a legacy image, packed and not, and a FIT.
    @Test(arguments: [["-C", "gzip"], ["-C", "none"], ["-f", "auto", "-C", "gzip"]])
    func whatMkimageMakesIsTheSameKernel(_ options: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let image = try await TestKernel.image()
        let content = scratch["content"]
        let isPacked = options.last == "gzip"
        let bytes = try await ToolCommand(
          .named(isPacked ? "gzip" : "cat"), (isPacked ? ["-1c"] : []) + [image.string]
        ).output(limit: 64 << 20)
        try HostFile.write(bytes, to: content)
        let kernel = scratch["kernel"]
        _ = try await ToolCommand(
          .named("mkimage"),
          options + [
            "-A", "arm64", "-O", "linux", "-T", "kernel", "-a", "0x80000", "-e", "0x80000",
            "-n", "a kernel", "-d", content.string, kernel.string,
          ]
        ).output()
        let config = image.removingLastComponent().appending("config")
        let result = try await boot(kernel, "--kernel-config", config.string, in: scratch)
        try #require(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        #expect(record.prediction?.verdict == .pass)
        #expect(record.digests?["Image"] == (try ContentKey(ofFile: image).hexadecimal))
      }
    }

    /// The prediction is the one that is made of the same kernel, built here.
    @Test func aPackageBringsItsConfiguration() async throws {
      try await ScratchFolder.with { scratch in
        let image = try await TestKernel.image()
        let config = image.removingLastComponent().appending("config")
        for (file, name) in [(image, "vmlinuz"), (config, "config")] {
          let target = scratch.path.pushing(FilePath("package/boot/\(name)-test"))
          try HostFile.createDirectory(target.removingLastComponent())
          try HostFile.write(try HostFile.read(file, limit: 64 << 20), to: target)
        }
        _ = try scratch.write(
          """
          Package: linux-image-test
          Version: 1
          Architecture: arm64
          Maintainer: Nobody <nobody@example.org>
          Description: a kernel

          """, to: "package/DEBIAN/control")
        _ = try await ToolCommand(
          .named("dpkg-deb"),
          ["-Znone", "--build", scratch["package"].string, scratch["kernel"].string]
        ).output()
        let result = try await boot(scratch["kernel"], in: scratch)
        try #require(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        let predicted = try #require(record.predicted)
        #expect(predicted.pools.map(\.base) == record.observed.cmaAreas.map(\.base))
        #expect(record.prediction?.verdict == .pass)
        #expect(record.unpredicted == nil)
      }
    }

    /// What its header says of its size is what `--image-size` would say.
    @Test func aPredictionReadsTheHeader() async throws {
      let image = try await TestKernel.image()
      let config = image.removingLastComponent().appending("config").string
      let header = try HostFile.head(of: image, count: 24)
      // image_size of Documentation/arch/arm64/booting.rst, section 4.
      let size = header[16...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      func predict(_ options: [String]) async throws -> String {
        let result = try await CMALabProcess(
          ["predict", "--cma", "64M", "--kernel-config", config] + options
        ).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        return result.output
      }
      let read = try await predict(["--kernel-image", image.string])
      let told = try await predict(["--image-size", "\(size)"])
      func kernel(_ text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasSuffix(" KiB  kernel") }
      }
      #expect(kernel(read) != nil && kernel(read) == kernel(told), "\(read)")
      #expect(!read.contains("--image-size tells"))
    }

    @Test func anotherArchitecturesPackageIsNamed() async throws {
      try await ScratchFolder.with { scratch in
        let image = try await TestKernel.image()
        let result = try await CMALabProcess([
          "boot", "--board", "arm-am57xx", "--cma", "64M", "--out", scratch["run"].string,
          "--kernel-image", image.string,
        ]).result()
        #expect(result.status == .exited(2))
        #expect(
          result.complaints == [
            "cmalab: error: \(image) is not a kernel image to boot: it is an arm64 Image: this board "
              + "is 32-bit ARM"
          ])
        #expect(try scratch.names.isEmpty)
      }
    }

    private func boot(
      _ kernel: FilePath, _ options: String..., in scratch: ScratchFolder
    ) async throws -> CMALabResult {
      try await CMALabProcess(
        [
          "boot", "--layout", "stock", "--cma", "64M", "--format", "json", "--out",
          scratch["run"].string, "--kernel-image", kernel.string,
        ] + options
      ).result()
    }
  }
}
