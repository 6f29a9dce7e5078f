// SPDX-License-Identifier: Apache-2.0

import Emulator
import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing
import Transcripts

extension Guests {
  /// Guests that end in no verdict of their own.
  @Suite struct EndingTests {
    @Test func aGuestThatPrintsNothing() async throws {
      try await ScratchFolder.with { scratch in
        try MadeUpImage.silent.write(to: scratch["Image"])
        let result = try await CMALabProcess([
          "boot", "--kernel-image", scratch["Image"].string, "--timeout", "2", "--format", "json",
          "--out", scratch["run"].string,
        ]).result()
        let record = try result.record
        #expect(result.status == .exited(2))
        #expect(record.verdict == .inconclusive)
        #expect(record.ending.kind == .silent)
        #expect(record.ending.stage == "first output")
        #expect(record.reason.contains("stage 'first output' was not over after 2 s"))
        #expect(record.reason.contains("no kernel for this board, or one without PL011 console"))
        #expect(!record.reason.contains("signal"), "our own signal is no news")
        #expect(record.emulator?.halt == .overdue(stage: "first output", seconds: 2))
        try await EmulatorProcesses(folder: scratch.path).expectNone()
      }
    }

    /// PSCI's ALREADY_ON is -4 (Arm DEN 0022, "Return error codes"); a trapped HVC is of class 0x16 (Arm
    /// DDI 0487, ESR_EL2).
    @Test func aGuestThatStartsItsOwnCPUAndCallsAHypervisor() async throws {
      try await ScratchFolder.with { scratch in
        try MadeUpImage.startingItself.write(to: scratch["Image"])
        let result = try await CMALabProcess([
          "boot", "--kernel-image", scratch["Image"].string, "--timeout", "5", "--format", "json",
          "--out", scratch["run"].string,
        ]).result()
        let console = try HostFile.read(scratch["run"].appending("console.log"), limit: 1 << 20)
        #expect(String(decoding: console, as: UTF8.self).hasPrefix("4\n"))
        let record = try result.record
        #expect(record.ending.kind == .faulted)
        #expect(
          record.reason.hasPrefix(
            "the guest did what the monitor does not allow, of exception class 0x16: @monitor "))
      }
    }

    @Test func aGuestThatHangsInInit() async throws {
      let image = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let home = try await scratch.copy(
          ["boards", "dts", "kernel-config", "images"].map(TestEnvironment.checkout.appending),
          to: "home")
        try replaceOnce(
          "\treport_setup();\n", by: "\treport_setup();\n\tfor (;;)\n\t\tpause();\n",
          in: home.pushing("images/init/main.c"))
        let result = try await CMALabProcess(
          [
            "boot", "--kernel-image", image.string, "--timeout", "4", "--out",
            scratch["run"].string,
          ],
          environment: ["CMALAB_HOME": home.string, "CMALAB_CACHE": scratch["cache"].string]
        ).result()
        #expect(result.status == .exited(2), "\(result.errors)")
        #expect(
          result.output.contains(
            "INCONCLUSIVE  stage 'last record' was not over after 4 s: console.log shows how far "))
        #expect(result.output.contains("next: a larger --timeout"))
        let record = try recordOnDisk(scratch["run"])
        #expect(record.ending.kind == .timedOut)
        #expect(record.ending.stage == "last record")
        try await EmulatorProcesses(folder: scratch.path).expectNone()
      }
    }

    /// Its first half is a whole kernel's, so it starts; what it lacks is found out by booting.
    @Test func aKernelThatIsCutInHalf() async throws {
      let image = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let bytes = try HostFile.read(image, limit: 64 << 20)
        try HostFile.write(Array(bytes.prefix(bytes.count / 2)), to: scratch["Image"])
        let result = try await CMALabProcess([
          "boot", "--kernel-image", scratch["Image"].string, "--timeout", "2", "--format", "json",
          "--out", scratch["run"].string,
        ]).result()
        #expect(try result.record.verdict != .pass)
        #expect(result.status != .exited(0))
      }
    }

    private func replaceOnce(_ words: String, by others: String, in file: FilePath) throws {
      var text = String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
      let place = try #require(text.firstRange(of: words))
      text.replaceSubrange(place, with: others)
      try HostFile.write(Array(text.utf8), to: file)
    }

    private func recordOnDisk(_ run: FilePath) throws -> RunRecord {
      try RunRecord(json: try HostFile.read(run.appending("record.json"), limit: 16 << 20))
    }
  }
}
