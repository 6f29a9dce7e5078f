// SPDX-License-Identifier: Apache-2.0

import Emulator
import Glibc
import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing
import Transcripts

extension Guests {
  /// Runs that are ended from outside, while their guest has spoken and hangs.
  @Suite struct InterruptedBootTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsTheRunInGoodOrder(_ signal: Int32) async throws {
      try await withHangingGuest { boot, scratch in
        let result = try await boot.result(output: scratch["output"]) { cmalab in
          _ = try await guest(in: scratch)
          kill(cmalab, signal)
        }
        try expect(
          result, .interrupted,
          because: "stopped by a signal in stage 'userspace'; next: run it again")
        try await expectSameFromTheFolder(scratch, as: result)
        try await EmulatorProcesses(folder: scratch.path).expectNone()
      }
    }

    @Test func aRunWithoutItsQEMU() async throws {
      try await withHangingGuest { boot, scratch in
        let result = try await boot.result(output: scratch["output"]) { _ in
          kill(try await guest(in: scratch), SIGKILL)
        }
        try expect(
          result, .emulatorExited,
          because: "QEMU was killed by signal 9 in stage 'userspace': if nobody killed it")
        #expect(try result.record.emulator?.halt == .killed(signal: 9))
        try await expectSameFromTheFolder(scratch, as: result)
        try await EmulatorProcesses(folder: scratch.path).expectNone()
      }
    }

    /// Nobody can clean up then, and the kernel does.
    @Test func aKilledCMALabLeavesNoQEMU() async throws {
      try await withHangingGuest { boot, scratch in
        let result = try await boot.result(output: scratch["output"]) { cmalab in
          _ = try await guest(in: scratch)
          kill(cmalab, SIGKILL)
        }
        #expect(result.status == .signaled(SIGKILL))
        try await EmulatorProcesses(folder: scratch.path).expectNone()

        let observed = try await CMALabProcess([
          "observe", scratch["run"].string, "--format", "json",
        ]).result()
        try expect(observed, .interrupted, because: "in stage 'userspace'")
        let file = scratch["run"].appending("record.json")
        let record = try RunRecord(json: try HostFile.read(file, limit: 16 << 20))
        #expect(record.verdict == .inconclusive)
        #expect(record.reason == "the run has not ended")
      }
    }

    private func withHangingGuest(
      _ body: (_ boot: CMALabProcess, _ scratch: ScratchFolder) async throws -> Void
    ) async throws {
      try await ScratchFolder.with { scratch in
        try MadeUpImage.hanging.write(to: scratch["Image"])
        let boot = CMALabProcess([
          "boot", "--kernel-image", scratch["Image"].string, "--format", "json", "--out",
          scratch["run"].string,
        ])
        try await body(boot, scratch)
      }
    }

    /// The QEMU of the run, once its guest has spoken.
    @Sendable private func guest(in scratch: ScratchFolder) async throws -> Int32 {
      let console = scratch["run"].appending("console.log")
      while true {
        try await Task.sleep(for: .milliseconds(20))
        if let size = try? HostFile.size(of: console), size > .zero,
          let emulator = EmulatorProcesses(folder: scratch.path).identifiers.first
        {
          return emulator
        }
      }
    }

    private func expect(
      _ result: CMALabResult, _ kind: Ending.Kind, because reason: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let record = try result.record
      #expect(result.status == .exited(2), sourceLocation: sourceLocation)
      #expect(record.verdict == .inconclusive, sourceLocation: sourceLocation)
      #expect(record.ending.kind == kind, sourceLocation: sourceLocation)
      #expect(record.ending.stage == "userspace", sourceLocation: sourceLocation)
      #expect(record.reason.contains(reason), sourceLocation: sourceLocation)
    }

    private func expectSameFromTheFolder(
      _ scratch: ScratchFolder, as result: CMALabResult
    ) async throws {
      let run = scratch["run"]
      let json = try HostFile.read(run.appending("record.json"), limit: 16 << 20)
      #expect(json == Array(result.output.utf8))
      let observed = try await CMALabProcess(["observe", run.string, "--format", "json"]).result()
      #expect(observed.output == result.output)
      #expect(observed.status == result.status)
    }
  }
}
