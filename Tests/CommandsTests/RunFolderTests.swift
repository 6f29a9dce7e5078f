// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

extension Guests {
  /// What a run leaves for those who look at it later.
  @Suite struct RunFolderTests {
    @Test func itHasAllThatTheRecordNames() async throws {
      try await withRun { run, result in
        let names = try HostFile.names(in: run)
        #expect(
          names == [
            "Image", "board.dtb", "board.dts", "console.log", "initramfs.cpio", "monitor.bin",
            "qemu.argv", "record.json", "reproduce",
          ])
        let artifacts = try result.record.artifacts
        #expect(artifacts["console"] == "console.log")
        #expect(artifacts["deviceTreeSource"] == "board.dts")
        #expect(artifacts.values.allSatisfy { names.contains($0) })
      }
    }

    @Test func aFlippedByteIsNoticedByTheFilesName() async throws {
      try await withRun { run, result in
        let digests = try #require(try result.record.digests)
        let names = ["Image", "board.dtb", "console.log", "initramfs.cpio", "monitor.bin"]
        #expect(digests.keys.sorted() == names)
        for name in names {
          let file = run.appending(name)
          let content = try HostFile.read(file, limit: 64 << 20)
          var changed = content
          changed[content.count / 2] ^= 1
          // The file itself may be the cache's as well.
          try HostFile.remove(file)
          try HostFile.write(changed, to: file)
          let seen = try await CMALabProcess(["observe", run.string]).result()
          #expect(seen.status == .exited(2), "\(name)")
          #expect(
            seen.errors.contains("\(file): it is not the file that the run had"), "\(seen.errors)")
          #expect(seen.output.isEmpty)
          try HostFile.write(content, to: file)
        }
        let whole = try await CMALabProcess(["observe", run.string]).result()
        #expect(whole.status == result.status)
      }
    }

    @Test func aFlippedByteOfTheRecordIsNoticedByItsName() async throws {
      try await withRun { run, _ in
        let file = run.appending("record.json")
        var text = try HostFile.read(file, limit: 16 << 20)
        text[text.count / 2] ^= 1
        try HostFile.write(text, to: file)
        for command in ["observe", "report"] {
          let seen = try await CMALabProcess([command, run.string]).result()
          #expect(seen.status == .exited(2), "\(command)")
          #expect(seen.errors.contains("\(file): "), "\(seen.errors)")
          #expect(seen.output.isEmpty)
        }
      }
    }

    @Test func theTreeIsTheOneThatDTSPrints() async throws {
      try await withRun { run, _ in
        let printed = try await CMALabProcess(["dts", "--board", "arm64-4g", "--cma", "3000M"])
          .result()
        #expect(printed.status == .exited(0), "\(printed.errors)")
        #expect(try text(run, "board.dts") == printed.output)
        #expect(printed.output.contains("reg = <0x00 0x00 0x00 0xf0000000"))
        #expect(printed.output.contains("0x01 0xf0000000 0x00 0x10000000"))
        #expect(
          printed.output.contains(#"bootargs = "console=ttyAMA0 earlycon panic=-1 cma=3000M""#))
      }
    }

    @Test func itStartsTheSameGuestAgainWhereverItIsMoved() async throws {
      try await withRun { run, _ in
        let moved = run.removingLastComponent().appending("moved, and with spaces")
        try HostFile.rename(run, to: moved)
        let log = try text(moved, "console.log")
        let output = try await ToolCommand(.path(moved.appending("reproduce")))
          .output(limit: 16 << 20, deadline: .seconds(300))
        let console = String(decoding: output, as: UTF8.self)
        #expect(console.contains("CmaTotal:        3072000 kB"))
        #expect(console.contains("cma: Reserved 3000 MiB at 0x0000000034800000"))
        #expect(try text(moved, "console.log") == log)
      }
    }

    @Test func itKeepsQEMUsArgumentsOneALine() async throws {
      try await withRun { run, _ in
        let arguments = try text(run, "qemu.argv").split(separator: "\n")
        #expect(arguments.first == "qemu-system-aarch64")
        #expect(!arguments.contains("-kernel"))
        for option in ["-nodefaults", "-no-reboot", "-sandbox"] {
          #expect(arguments.contains { $0 == option })
        }
        #expect(arguments.contains { $0.hasPrefix("loader,file=monitor.bin,addr=0x40200000,") })
        let hasForeignPath = arguments.contains { $0.contains(run.string) }
        #expect(!hasForeignPath)
      }
    }

    @Test func aNewRunReplacesAFormerOne() async throws {
      try await withRun { run, _ in
        let again = try await CMALabProcess([
          "boot", "--format", "json", "--out", run.string, "--layout", "stock", "--cma", "16M",
          "--kernel-image", try await TestKernel.image().string,
        ]).result()
        #expect(try again.record.verdict == .pass)
        #expect(try text(run, "board.dts").contains("0x7ff00000"))
        // The user's own image stays where it is.
        #expect(!HostFile.exists(run.appending("Image")))
      }
    }

    private func withRun(
      _ body: (_ run: FilePath, _ result: CMALabResult) async throws -> Void
    ) async throws {
      try await ScratchFolder.with { scratch in
        let run = scratch["run"]
        let result = try await CMALabProcess([
          "boot", "--board", "arm64-4g", "--cma", "3000M", "--format", "json", "--out", run.string,
        ]).result()
        try #require(result.status == .exited(0), "\(result.errors)")
        try await body(run, result)
      }
    }

    private func text(_ folder: FilePath, _ name: String) throws -> String {
      String(decoding: try HostFile.read(folder.appending(name), limit: 16 << 20), as: UTF8.self)
    }
  }
}
