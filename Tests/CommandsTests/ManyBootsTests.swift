// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests {
  @Suite struct ManyBootsTests {
    /// The same question has one answer.
    @Test func twentyInARowAreTheSame() async throws {
      try await ScratchFolder.with { scratch in
        var observed: Set<RunRecord.ObservedRecord> = []
        for _ in 1...20 {
          let result = try await CMALabProcess([
            "boot", "--format", "json", "--out", scratch["run"].string,
          ]).result()
          let record = try result.record
          #expect(record.verdict == .pass, "\(record.reason)")
          observed.insert(record.observed)
        }
        #expect(Set(observed.map(\.cmaAreas)).count == 1)
        #expect(Set(observed.map(\.cmaTotalBytes)) == [.mebibytes(3000)])
      }
    }

    /// Both find the cache empty, and both keep their run in it.
    @Test func twoAtOnceDoNotDisturbEachOther() async throws {
      let image = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let boot = CMALabProcess(
          ["boot", "--format", "json", "--kernel-image", image.string],
          environment: ["CMALAB_CACHE": scratch["cache"].string])
        async let first = boot.result()
        async let second = boot.result()
        for result in try await [first, second] {
          #expect(result.status == .exited(0), "\(result.errors)")
          #expect(try result.record.verdict == .pass)
        }
        let cache = scratch["cache"]
        #expect(try HostFile.names(in: cache.appending("runs")).count == 2)
        let programs = try HostFile.names(in: cache.appending("programs"))
        #expect(programs.count == 2, "the monitor and init, once each")
        #expect(try HostFile.names(in: cache.appending("initramfs")).count == 1)
      }
    }

    @Test func aDamagedCacheIsMendedAndSaid() async throws {
      let image = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let boot = CMALabProcess(
          ["boot", "--kernel-image", image.string, "--out", scratch["run"].string],
          environment: ["CMALAB_CACHE": scratch["cache"].string])
        func errors() async throws -> String {
          let result = try await boot.result()
          #expect(result.status == .exited(0), "\(result.errors)")
          return result.errors
        }
        let whole = try await errors()
        #expect(!whole.contains("damaged"))

        let entries = scratch["cache"].appending("initramfs")
        let initramfs = try #require(
          try HostFile.names(in: entries).map { entries.appending($0).appending("initramfs.cpio") }
            .first(where: HostFile.exists))
        let size = try HostFile.size(of: initramfs).bytes
        try HostFile.write([1, 2, 3], to: initramfs)
        let mending = try await errors()
        #expect(
          mending.contains(
            "cmalab: the cache is damaged and is mended: "
              + "\(initramfs) has 3 bytes where \(size) were written\n"))

        let mended = try await errors()
        #expect(!mended.contains("damaged"))
      }
    }

    /// A guest of it is no proof of anything. Without tar, so that no minutes go by in mending it.
    @Test func aFlippedByteOfTheKernelIsSaid() async throws {
      try await ScratchFolder.with { scratch in
        let image = try await Self.copyKernel(to: scratch["cache"])
        try Self.flipByte(of: image)
        let programs = try scratch.programs([
          "qemu-system-aarch64", "dtc", "setpriv", "prlimit", "cpio", "aarch64-linux-gnu-gcc",
          "aarch64-linux-gnu-objcopy",
        ])
        let result = try await CMALabProcess(
          ["boot", "--out", scratch["run"].string],
          environment: ["CMALAB_CACHE": scratch["cache"].string, "PATH": programs.string]
        ).result()
        #expect(result.status == .exited(2))
        #expect(
          result.errors.contains(
            "cmalab: the cache is damaged and is mended: "
              + "\(image) is not what was written: its SHA-256 is another one\n"))
        #expect(result.complaints.first?.contains("the program 'tar' is missing") == true)
        #expect(result.output == "")
        #expect(!HostFile.exists(scratch["run"]))
        try await EmulatorProcesses(folder: scratch.path).expectNone()
      }
    }

    /// Gives a cache the default line's kernel out of the user's, and what it was built from.
    ///
    /// - Returns: its image.
    private static func copyKernel(to cache: FilePath) async throws -> FilePath {
      let kernel = try await TestKernel.image().removingLastComponent()
      let kernels = cache.appending("kernels")
      try HostFile.createDirectory(kernels)
      _ = try await ToolCommand(
        .named("cp"), ["--archive", "--reflink=auto", "--", kernel.string, kernels.string]
      ).output(deadline: .seconds(300))
      try await TestKernel.copyArchives(to: cache)
      return try kernels.appending(#require(kernel.lastComponent)).appending("Image")
    }

    /// Its size stays what it was.
    private static func flipByte(of file: FilePath) throws {
      var content = try HostFile.read(file, limit: 64 << 20)
      content[content.count / 2] ^= 1
      try HostFile.write(content, to: file)
    }

    @Test func aFlippedByteOfTheModuleIsMendedAndSaid() async throws {
      try await ScratchFolder.with { scratch in
        let cache = scratch["cache"]
        _ = try await Self.copyKernel(to: cache)
        let boot = CMALabProcess(
          ["boot", "--cma", "64M", "--test", "largest", "--out", scratch["run"].string],
          environment: ["CMALAB_CACHE": cache.string])
        let whole = try await boot.result()
        #expect(whole.status == .exited(0), "\(whole.errors)")
        #expect(!whole.errors.contains("damaged"))

        let entries = cache.appending("modules")
        let module = try #require(
          try HostFile.names(in: entries).map { entries.appending($0).appending("cmalab.ko") }
            .first(where: HostFile.exists))
        try Self.flipByte(of: module)
        let mending = try await boot.result()
        #expect(mending.status == .exited(0), "\(mending.errors)")
        #expect(
          mending.errors.contains(
            "cmalab: the cache is damaged and is mended: "
              + "\(module) is not what was written: its SHA-256 is another one\n"))
      }
    }
  }
}
