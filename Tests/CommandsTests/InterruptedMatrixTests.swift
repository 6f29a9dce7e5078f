// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import HostProcesses
import Matrix
import Quantities
import Records
import SystemPackage
import Testing

extension Guests {
  /// Matrices that are killed, and gone on with.
  @Suite struct InterruptedMatrixTests {
    private static let matrix = """
      name: sizes
      axes:
        board: [arm64-4g]
        layout: [stock, wide]
        cma: [16M, 64M, 512M, 1000M, 1700M, 2030M, 2046M, 3000M]
      expect: predicted
      """

    /// What a cell came to, without its times.
    private struct Outcome: Hashable {
      let id: String
      let verdict: Verdict
      let isExpected: Bool
      let pools: [PhysicalAddress: ByteCount]

      init(_ result: CellResult) {
        id = result.id
        verdict = result.record.verdict
        isExpected = result.expected
        pools = Dictionary(
          result.record.observed.cmaAreas.map { ($0.base, $0.bytes) },
          uniquingKeysWith: { first, _ in first })
      }
    }

    private func outcomes(_ folder: FilePath) throws -> [Outcome] {
      try MatrixFolder(folder).readResults(of: MatrixFolder(folder).readPlan()).results
        .map(Outcome.init).sorted { $0.id < $1.id }
    }

    @Test func tenKillsLaterTheResultIsTheSame() async throws {
      try await ScratchFolder.with { scratch in
        let file = try scratch.write(Self.matrix, to: "sizes.yaml")
        let undisturbed = try await CMALabProcess([
          "matrix", file.string, "--out", scratch["undisturbed"].string,
        ]).result()
        #expect(undisturbed.status == .exited(0), "\(undisturbed.errors)")

        let out = scratch["killed"]
        var arguments = ["matrix", file.string, "--out", out.string]
        for kill in 0..<10 {
          _ = try await CMALabProcess(arguments).result(output: scratch["output"]) { cmalab in
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...1500)))
            Glibc.kill(cmalab, SIGKILL)
          }
          try await EmulatorProcesses(folder: scratch.path).expectNone()
          // A kill before the plan was written leaves nothing to go on with.
          let isBegun = HostFile.exists(out.appending(MatrixFolder.planName))
          arguments = ["matrix", file.string, "--out", out.string] + (isBegun ? ["--resume"] : [])
          let done = isBegun ? try outcomes(out) : []
          #expect(Set(done).count == done.count, "a cell stands twice after kill \(kill)")
        }
        let last = try await CMALabProcess(arguments).result()
        #expect(last.status == .exited(0), "\(last.errors)")
        let expected = try outcomes(scratch["undisturbed"])
        let actual = try outcomes(out)
        #expect(expected.count == 16)
        #expect(actual == expected)
      }
    }

    /// The disk is full for whatever grows beyond 100 KiB, which only the list of results does.
    @Test func aFullDiskLosesNothingThatWasReported() async throws {
      try await ScratchFolder.with { scratch in
        let file = try scratch.write(Self.matrix, to: "sizes.yaml")
        let out = scratch["out"]
        let arguments = ["matrix", file.string, "--out", out.string]
        let full = try await ToolCommand(
          .named("sh"),
          [
            "-c", #"trap "" XFSZ; ulimit -f 200; exec "$0" "$@""#,
            try CMALabProcess.executable.string,
          ] + arguments
        ).collect(deadline: .seconds(300))
        let errors = String(decoding: full.standardError, as: UTF8.self)
        #expect(full.status == .exited(2), "\(errors)")
        #expect(errors.contains("results.jsonl: File too large"), "\(errors)")
        #expect(errors.contains("results are kept in \(out), and --resume goes on"), "\(errors)")
        try await EmulatorProcesses(folder: scratch.path).expectNone()

        let kept = try outcomes(out)
        #expect((1..<16).contains(kept.count))
        let resumed = try await CMALabProcess(arguments + ["--resume"]).result()
        #expect(resumed.status == .exited(0), "\(resumed.errors)")
        let whole = try outcomes(out)
        #expect(whole.count == 16)
        #expect(Set(kept).isSubset(of: whole))
      }
    }
  }
}
