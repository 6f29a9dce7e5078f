// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import Records
import SampleRecords
import Synchronization
import SystemPackage
import Testing
import Transcripts

@testable import Matrix

@Suite struct MatrixFolderTests {
  private static let cells = (1...6).map {
    SampleRecord.cell(mebibytes: $0)
  }
  private static let plan = MatrixPlan(name: "m", timeout: 60, cells: cells, shard: nil)

  private static func withFolder<Value>(
    _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    let path = FilePath("/tmp/cmalab-matrix-test-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(path)
    do {
      let value = try await body(path)
      try HostFile.remove(path)
      return value
    } catch {
      try HostFile.remove(path)
      throw error
    }
  }

  private static func run(
    _ plan: MatrixPlan = plan, in path: FilePath, jobs: Int = 2, resuming: Bool = false,
    _ body: @escaping @Sendable (MatrixCell) async throws -> RunRecord = { SampleRecord.of($0) }
  ) async throws {
    let run = MatrixRun(
      plan, in: MatrixFolder(path), concurrency: Concurrency(jobs: jobs, memory: .gibibytes(1)),
      onEvent: { _ in })
    try await run.run(
      try run.begin(resuming: resuming), memory: { _ in .mebibytes(1) }, body)
  }

  @Test func everyCellHasAResult() async throws {
    try await Self.withFolder { path in
      try await Self.run(in: path)
      let results = try MatrixFolder(path).readResults(of: Self.plan).results
      #expect(Set(results.map(\.id)) == Set(Self.cells.map(\.id)))
      #expect(try MatrixFolder(path).readPlan() == Self.plan)
    }
  }

  /// What a process that is killed leaves behind: any number of bytes of what it was writing.
  @Test func aLineThatWasCutShortIsRunAgain() async throws {
    try await Self.withFolder { path in
      try await Self.run(in: path, jobs: 1)
      let file = MatrixFolder(path).results
      let whole = try HostFile.read(file, limit: 1 << 20)
      let lines = whole.count(where: { $0 == 0x0a })
      for cut in stride(from: whole.count - 1, to: 0, by: -97) {
        try HostFile.write(Array(whole[..<cut]), to: file)
        let kept = whole[..<cut].count(where: { $0 == 0x0a })
        let ran = Counter()
        try await Self.run(in: path, resuming: true) { cell in
          ran.add()
          return SampleRecord.of(cell)
        }
        #expect(ran.count == lines - kept)
        let results = try MatrixFolder(path).readResults(of: Self.plan).results
        #expect(results.map(\.id).sorted() == Self.cells.map(\.id).sorted())
      }
    }
  }

  @Test func aFolderThatIsInUseIsLeftAlone() async throws {
    try await Self.withFolder { path in
      try await Self.run(in: path)
      await #expect(throws: MatrixFolderError.inUse(path)) { try await Self.run(in: path) }
      let other = MatrixPlan(name: "other", timeout: 60, cells: Self.cells, shard: nil)
      await #expect(throws: MatrixFolderError.another(path)) {
        try await Self.run(other, in: path, resuming: true)
      }
      let foreign = path.appending("foreign")
      try HostFile.createDirectory(foreign)
      try HostFile.write([1], to: foreign.appending("file"))
      await #expect(throws: MatrixFolderError.inUse(foreign)) { try await Self.run(in: foreign) }
    }
  }

  @Test func aCellWhoseResultIsDamagedIsRunAgain() async throws {
    try await Self.withFolder { path in
      try await Self.run(in: path, jobs: 1)
      let file = MatrixFolder(path).results
      let text = String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
      let lines = text.split(separator: "\n").map(String.init)
      let forged = lines[2].replacing(
        #""schema":"cmalab.run/1","tests":[],"timing":{"total":0.5},"verdict":"pass""#,
        with: #""schema":"cmalab.run/1","tests":[],"timing":{"total":0.5},"verdict":"fail""#)
      #expect(forged != lines[2])
      let damaged = (["{}"] + lines[..<2] + [forged] + lines[3...]).joined(separator: "\n") + "\n"
      try HostFile.write(Array(damaged.utf8), to: file)
      let ran = Counter()
      try await Self.run(in: path, resuming: true) { cell in
        ran.add()
        return SampleRecord.of(cell)
      }
      #expect(ran.count == 1)
      let read = try MatrixFolder(path).readResults(of: Self.plan)
      #expect(read.results.map(\.id) == Self.cells.map(\.id))
      #expect(
        read.damages.compactMap(\.place) == ["results.jsonl, line 1", "results.jsonl, line 4"])
    }
  }

  @Test func onlyHarnessTroubleIsTriedAgainAndOnlyOnce() async throws {
    try await Self.withFolder { path in
      let ran = Counter()
      try await Self.run(in: path) { cell in
        ran.add()
        return SampleRecord.of(cell, ending: cell == Self.cells[0] ? .emulatorExited : .panicked)
      }
      #expect(ran.count == Self.cells.count + 1)
      let attempts = try MatrixFolder(path).readResults(of: Self.plan).results.filter {
        $0.attempts == 2
      }.map(\.id)
      #expect(attempts == [Self.cells[0].id])
    }
  }

  @Test func neverMoreGuestsThanMemoryHolds() async throws {
    try await Self.withFolder { path in
      let running = Counter()
      let most = Counter()
      let run = MatrixRun(
        Self.plan, in: MatrixFolder(path),
        concurrency: Concurrency(jobs: 4, memory: .mebibytes(10)), onEvent: { _ in })
      try await run.run(try run.begin(resuming: false), memory: { _ in .mebibytes(4) }) { cell in
        most.raise(to: running.add())
        try await Task.sleep(for: .milliseconds(5))
        running.add(-1)
        return SampleRecord.of(cell)
      }
      #expect(most.count == 2)
    }
  }

  @Test func shardsAreMergedAndWhatIsMissingIsSaid() async throws {
    try await Self.withFolder { path in
      let shards = try (1...2).map { try #require(Shard("\($0)/2")) }
      let folders = [path.appending("a"), path.appending("b")]
      for (shard, folder) in zip(shards, folders) {
        try await Self.run(Self.plan.sharded(shard), in: folder)
      }
      let both = try MatrixMerge(of: folders.map { MatrixFolder($0) })
      #expect(both.results.map(\.id) == Self.cells.map(\.id))
      #expect(both.missing.isEmpty && both.repeated.isEmpty)
      let target = MatrixFolder(path.appending("c"))
      try both.write(to: target, from: folders.map { MatrixFolder($0) })
      #expect(try target.readResults(of: both.plan).results == both.results)
      #expect(try target.readPlan() == Self.plan)

      let one = try MatrixMerge(of: [MatrixFolder(folders[0])])
      #expect(one.missing.map(\.id) == Self.cells.filter { shards[1].runs($0) }.map(\.id))
      let twice = try MatrixMerge(of: [MatrixFolder(folders[0]), target])
      #expect(twice.repeated.map(\.id) == Self.cells.filter { shards[0].runs($0) }.map(\.id))
    }
  }

  /// Whoever is second writes when the first has ended, and is told that it waits.
  @Test func twoDoNotWriteIntoOneFolder() async throws {
    try await Self.withFolder { path in
      let folder = MatrixFolder(path.appending("target"))
      let writing = Counter()
      let most = Counter()
      let waited = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await folder.reserved(onWait: { waited.add() }) {
              most.raise(to: writing.add())
              try await Task.sleep(for: .milliseconds(100))
              writing.add(-1)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(most.count == 1)
      #expect(waited.count == 3)
      #expect(try HostFile.names(in: folder.path).isEmpty)
    }
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    @discardableResult
    func add(_ amount: Int = 1) -> Int {
      value.withLock { value in
        value += amount
        return value
      }
    }

    func raise(to other: Int) { value.withLock { $0 = max($0, other) } }
  }
}
