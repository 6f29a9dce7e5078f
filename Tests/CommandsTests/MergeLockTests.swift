// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

/// A folder that is merged into is nobody else's meanwhile.
@Suite struct MergeLockTests {
  private static let shard = TestEnvironment.checkout
    .pushing("Tests/RecordsTests/Fixtures/matrix-1")

  @Test func aMergeWaitsForWhoeverWritesThere() async throws {
    try await ScratchFolder.with { scratch in
      let whole = scratch["whole"]
      let errors = scratch["errors"]
      let merge = ToolCommand(
        .named("sh"),
        [
          "-c", #"exec "$@" 2> "$0""#, errors.string, try CMALabProcess.executable.string, "matrix",
          "merge", Self.shard.string, "--out", whole.string,
        ])
      let merging = try await MatrixFolder(whole).reserved(onWait: {}) {
        let merging = Task { try await merge.collect(deadline: CMALabProcess.deadline) }
        var said = ""
        for _ in 0..<1000 where !said.contains("waiting for it") {
          try await Task.sleep(for: .milliseconds(100))
          said =
            (try? HostFile.read(errors, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
            ?? ""
        }
        #expect(said.contains("another cmalab writes in \(whole): waiting for it"))
        #expect(try HostFile.names(in: whole) == ["lock"])
        return merging
      }
      // One of its cells is inconclusive.
      #expect(try await merging.value.status == .exited(2))
      #expect(try MatrixFolder(whole).readPlan() == MatrixFolder(Self.shard).readPlan())
    }
  }

  @Test func ofTwoThatMergeAtOnceOneIsRefused() async throws {
    try await ScratchFolder.with { scratch in
      let whole = scratch["whole"]
      let merge = CMALabProcess(["matrix", "merge", Self.shard.string, "--out", whole.string])
      async let first = merge.result()
      async let second = merge.result()
      let refused = try await [first, second].filter { $0.errors.contains("\(whole) is in use") }
      #expect(refused.count == 1)
      let folder = MatrixFolder(whole)
      let read = try folder.readResults(of: try folder.readPlan())
      #expect(read.results.count == 4 && read.damages.isEmpty)
    }
  }
}
