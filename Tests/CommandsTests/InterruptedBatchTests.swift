// SPDX-License-Identifier: Apache-2.0

import BatchJobs
import Conformance
import Glibc
import HostFiles
import HostProcesses
import Matrix
import Records
import SystemPackage
import Testing

extension Guests {
  /// A matrix in shards, whose workers are killed again and again.
  @Suite struct InterruptedBatchTests {
    private static let matrix = """
      name: sizes
      axes:
        board: [arm64-4g]
        layout: [stock, wide]
        cma: [16M, 512M, 1700M, 2046M, 3000M]
      expect: predicted
      """
    private static let cellCount = 10
    private static let rounds = 20

    /// What each cell came to, without its times.
    private func outcomes(_ folder: FilePath) throws -> [String: CellOutcome] {
      let matrix = MatrixFolder(folder)
      let results = try matrix.readResults(of: matrix.readPlan()).results
      #expect(Set(results.map(\.id)).count == results.count, "a cell stands twice")
      return Dictionary(uniqueKeysWithValues: results.map { ($0.id, CellOutcome($0)) })
    }

    /// Two workers at once, each killed after a while.
    private func round(
      shards: [Int], pauses: [Duration], of batch: BatchFolder, _ scratch: ScratchFolder
    ) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (worker, (shard, pause)) in zip(shards, pauses).enumerated() {
          group.addTask {
            _ = try await CMALabProcess([
              "matrix", "shard", batch.path.string, "--shard", "\(shard)",
            ]).result(output: scratch["output-\(worker)"]) { cmalab in
              try await Task.sleep(for: pause)
              Glibc.kill(cmalab, SIGKILL)
            }
          }
        }
        try await group.waitForAll()
      }
      try await EmulatorProcesses(folder: scratch.path).expectNone()
    }

    @Test func whoeverIsKilledEachCellIsThereOnce() async throws {
      try await ScratchFolder.with { scratch in
        let file = try scratch.write(Self.matrix, to: "sizes.yaml")
        let start = ContinuousClock.now
        let undisturbed = try await CMALabProcess([
          "matrix", file.string, "--out", scratch["undisturbed"].string,
        ]).result()
        #expect(undisturbed.status == .exited(0), "\(undisturbed.errors)")
        let time = (ContinuousClock.now - start) / Self.cellCount

        let batch = BatchFolder(scratch["it's shared"])
        let submit = [
          "matrix", "submit", file.string, "--engine", "none", "--shards", "2", "--out",
          batch.path.string,
        ]
        let submitted = try await CMALabProcess(submit).result()
        #expect(submitted.status == .exited(0), "\(submitted.errors)")
        var random = SeededRandom(seed: 21)
        var done: Set<String> = []
        for round in 0..<Self.rounds {
          // Now and then both run the same shard: a node that was cut off goes on with a task that is
          // run again elsewhere.
          let shards = Int.random(in: 0..<4, using: &random) == 0 ? [1, 1] : [1, 2]
          let pauses = shards.map { _ in time * Double.random(in: 0.3..<4, using: &random) }
          try await self.round(shards: shards, pauses: pauses, of: batch, scratch)
          let now = try batch.finishedCells()
          #expect(now.isSuperset(of: done), "round \(round) lost results")
          done = now
        }

        let merged = try await CMALabProcess(["matrix", "merge", batch.path.string]).result()
        if done.count < Self.cellCount {
          #expect(merged.status == .exited(2))
          let missing = Self.cellCount - done.count
          // Why each has not run is told in groups: a node is lost, or a cell still running.
          #expect(
            merged.output.contains(", \(missing) without a result\n"), "\(merged.output)")
          let again = try await CMALabProcess(submit + ["--resume"]).result()
          #expect(again.status == .exited(0), "\(again.errors)")
          for shard in try batch.submission(2).read().shards {
            let worker = try await CMALabProcess([
              "matrix", "shard", batch.path.string, "--shard", "\(shard.number)",
            ]).result()
            #expect(worker.status == .exited(0), "\(worker.errors)")
          }
        }
        let last = try await CMALabProcess(["matrix", "merge", batch.path.string]).result()
        #expect(last.status == .exited(0), "\(last.output)\(last.errors)")
        let expected = try outcomes(scratch["undisturbed"])
        #expect(expected.count == Self.cellCount)
        #expect(try outcomes(batch.path) == expected)
        for cell in try batch.matrix.readPlan().cells {
          let run = batch.matrix.run(of: cell)
          #expect(HostFile.exists(run.appending("record.json")), "\(run)")
        }

        let nothing = try await CMALabProcess(submit).result()
        #expect(nothing.complaints.map { $0.contains("there is nothing to submit") } == [true])
      }
    }
  }
}
