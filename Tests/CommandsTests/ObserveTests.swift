// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

extension Guests {
  /// What was judged once is judged the same from what is left of it.
  @Suite struct ObserveTests {
    @Test(arguments: [BoardCell.passing, .failing, .panicking])
    func theSameVerdictFromTheFolderAndFromTheBareLog(_ cell: BoardCell) async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        let booted = try await CMALabProcess(
          ["boot", "--format", "json", "--out", out.string] + cell.arguments
        ).result()
        let record = try booted.record

        let folder = try await observe([out.string])
        #expect(folder.status == booted.status)
        #expect(try folder.record == record)

        let console = try await observe([out.appending("console.log").string])
        #expect(try console.record == record)

        let log = scratch["saved.txt"]
        try HostFile.linkOrCopy(out.appending("console.log"), to: log)
        let bare = try await observe([log.string] + cell.arguments)
        #expect(bare.status == booted.status)
        let judged = try bare.record
        #expect(judged.verdict == record.verdict)
        // What the model adds, and what to type next, rest on the kernel, which no log names whole.
        let words = judged.reason.prefix(
          upTo: judged.reason.firstRange(of: "; next: ")?.lowerBound
            ?? judged.reason.endIndex)
        #expect(record.reason.hasPrefix(words))
        #expect(judged.ending == record.ending)
        #expect(judged.observed == record.observed)
        // Nobody kept the blob that such a log's guest was handed, nor which kernel was asked for.
        let unknown: [Check.ID] = [
          .guest(.kernel), .guest(.pageSize), .guest(.deviceTree), .prediction,
        ]
        #expect(judged.checks == record.checks.filter { !unknown.contains($0.id) })
      }
    }

    @Test func aBareLogTellsItsTestsUnasked() async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        let booted = try await CMALabProcess([
          "boot", "--out", out.string, "--cma", "64M", "--test", "largest", "--format", "json",
        ]).result()
        let log = scratch["saved.txt"]
        try HostFile.linkOrCopy(out.appending("console.log"), to: log)
        let bare = try await observe([log.string, "--cma", "64M"])
        let tests = try bare.record.tests
        #expect(tests.map(\.name) == ["largest"])
        let record = try booted.record
        #expect(tests == record.tests)
        // It was told so on its command line, which nothing here asked for.
        #expect(bare.status == .exited(2))
      }
    }

    @Test func aLogOfAnotherBoardProvesNothing() async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        _ = try await CMALabProcess(["boot", "--out", out.string, "--cma", "1000M"]).result()
        let log = scratch["saved.txt"]
        try HostFile.linkOrCopy(out.appending("console.log"), to: log)
        let result = try await observe([log.string, "--layout", "stock", "--cma", "1000M"])
        #expect(result.status == .exited(2))
        #expect(try result.record.verdict == .inconclusive)
      }
    }

    /// Where there is no QEMU, nor any other program.
    private func observe(_ arguments: [String]) async throws -> CMALabResult {
      try await CMALabProcess(
        ["observe", "--format", "json"] + arguments, environment: ["PATH": "/nowhere"]
      ).result()
    }
  }
}
