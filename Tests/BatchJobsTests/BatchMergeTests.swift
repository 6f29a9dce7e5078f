// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import Records
import SampleRecords
import SystemPackage
import Testing
import Transcripts

@testable import BatchJobs

@Suite struct BatchMergeTests {
  /// A submission of six cells in two shards, that a test fills with attempts.
  private struct Sample {
    let batch: BatchFolder
    let plan: MatrixPlan
    let shards: ShardPlan

    static let programs = ProgramVersions(cmalab: "1", executable: "ab", emulator: "QEMU 7")

    static func with<Value>(_ body: (Sample) throws -> Value) throws -> Value {
      let path = FilePath("/tmp/cmalab-batch-test-\(UInt64.random(in: 0 ... .max))")
      let batch = BatchFolder(path)
      let cells = (1...6).map { SampleRecord.cell(mebibytes: $0) }
      let plan = MatrixPlan(name: "m", timeout: 60, cells: cells, shard: nil)
      let shards = ShardPlan(
        cells.map { .init(cell: $0.id, seconds: 1, isMeasured: false) }, count: 2)
      try HostFile.createDirectory(path)
      defer { try? HostFile.remove(path) }
      try batch.matrix.write(plan)
      let sample = Sample(batch: batch, plan: plan, shards: shards)
      try sample.submit()
      return try body(sample)
    }

    func submit() throws {
      let number = (try batch.allSubmissions().last?.number ?? 0) + 1
      try batch.submission(number).write(
        Submission(engine: .planOnly, directory: "/", programs: Self.programs, plan: shards),
        shards)
    }

    func results() throws -> [CellResult] {
      try batch.matrix.readResults(of: plan).results
    }

    func cells(ofShard number: Int) -> [MatrixCell] {
      plan.cells.filter { shards.shards[number - 1].cells.contains($0.id) }
    }

    /// Runs cells and leaves the attempt partial.
    @discardableResult
    func attempt(
      shard: Int, cells: [MatrixCell], versions: ProgramVersions = programs,
      _ record: (MatrixCell) -> RunRecord = { SampleRecord.of($0) }
    ) throws -> AttemptFolder {
      let own = MatrixPlan(name: plan.name, timeout: plan.timeout, cells: cells, shard: nil)
      let attempt = try AttemptFolder.begin(
        submission: try batch.allSubmissions().last?.number ?? 1, shard: shard, in: batch,
        versions: versions, plan: own)
      let journal = try ResultJournal(of: attempt.matrix)
      for cell in cells {
        let run = attempt.matrix.run(of: cell)
        try HostFile.createDirectory(run)
        try HostFile.write(Array("\(attempt.name)".utf8), to: run.appending("record.json"))
        try journal.append(CellResult(of: cell, record: record(cell), attempts: 1))
      }
      return attempt
    }
  }

  @Test func whatWholeAndPartialAttemptsHaveIsTakenOnce() throws {
    try Sample.with { sample in
      let first = sample.cells(ofShard: 1)
      try sample.attempt(shard: 1, cells: Array(first.prefix(2)))
      try sample.attempt(shard: 1, cells: Array(first.suffix(1))).finish()
      try sample.attempt(shard: 2, cells: sample.cells(ofShard: 2)).finish()
      let merge = try BatchMerge(of: sample.batch)
      #expect(merge.summary.results == 6)
      #expect(merge.summary.lines.isEmpty)
      try merge.write(to: sample.batch)
      let results = try sample.results()
      #expect(results.map(\.id) == sample.plan.cells.map(\.id))
      for cell in sample.plan.cells {
        #expect(HostFile.exists(sample.batch.matrix.run(of: cell).appending("record.json")))
      }
      // Merged again, from what is merged already and the same attempts.
      let again = try BatchMerge(of: sample.batch)
      #expect(again.summary == merge.summary)
      try again.write(to: sample.batch)
      #expect(try sample.results() == results)
    }
  }

  @Test func aNodeThatCameBackRunsNothingThatCounts() throws {
    try Sample.with { sample in
      let cells = sample.cells(ofShard: 1)
      let lost = try sample.attempt(shard: 1, cells: cells)
      try sample.attempt(shard: 1, cells: cells).finish()
      try lost.finish()
      let merge = try BatchMerge(of: sample.batch)
      #expect(merge.summary.results == 3 && merge.summary.flakes.isEmpty)
      #expect(try sample.batch.allAttempts().map(\.name.attempt) == [1, 2])
    }
  }

  @Test func attemptsThatDisagreeAreAFlakeWithBothRecords() throws {
    try Sample.with { sample in
      let cells = sample.cells(ofShard: 1)
      let flaky = cells[0]
      let first = try sample.attempt(shard: 1, cells: cells)
      let second = try sample.attempt(shard: 1, cells: cells) { cell in
        SampleRecord.of(cell, ending: cell == flaky ? .panicked : .completed)
      }
      let merge = try BatchMerge(of: sample.batch)
      #expect(merge.summary.flakes.map(\.cell) == [flaky.id])
      #expect(
        merge.summary.flakes[0].attempts.map(\.attempt)
          == [first, second].map(\.name.description))
      try merge.write(to: sample.batch)
      // A failure is not hidden by an attempt that passed.
      let taken = try sample.results().first { $0.id == flaky.id }
      #expect(taken?.expected == false)
      for attempt in [first, second] {
        let record = sample.batch.path.appending("flakes").appending(flaky.id)
          .appending(attempt.name.description).appending("record.json")
        #expect(
          String(decoding: try HostFile.read(record, limit: 1000), as: UTF8.self)
            == attempt.name.description)
      }
    }
  }

  @Test func aPoolElsewhereIsAFlakeToo() throws {
    try Sample.with { sample in
      let cells = Array(sample.cells(ofShard: 1).prefix(1))
      for base: UInt64 in [0x1000_0000, 0x2000_0000] {
        try sample.attempt(shard: 1, cells: cells) {
          SampleRecord.of($0, poolAt: PhysicalAddress(base))
        }
      }
      #expect(try BatchMerge(of: sample.batch).summary.flakes.count == 1)
    }
  }

  @Test func aGuestThatWasCutOffContradictsNothing() throws {
    try Sample.with { sample in
      let cells = Array(sample.cells(ofShard: 1).prefix(1))
      try sample.attempt(shard: 1, cells: cells) { SampleRecord.of($0, ending: .timedOut) }
      try sample.attempt(shard: 1, cells: cells)
      let merge = try BatchMerge(of: sample.batch)
      #expect(merge.summary.flakes.isEmpty)
      try merge.write(to: sample.batch)
      #expect(try sample.results().map(\.record.verdict) == [.pass])
    }
  }

  @Test func cellsThatNobodyRanAreNamedWithTheReason() throws {
    try Sample.with { sample in
      let cells = sample.cells(ofShard: 1)
      let attempt = try sample.attempt(shard: 1, cells: Array(cells.prefix(1)))
      try attempt.stop(AttemptEnding(.failed, "the disk is full"))
      let folder = sample.batch.submission(1)
      try HostFile.write(Array("9_2|CANCELLED by 0|0:15|n1\n".utf8), to: folder.schedulerStates)
      let missing = try BatchMerge(of: sample.batch).summary.missing
      #expect(missing.count == 5)
      for one in missing {
        let expected: MissingReason.Kind = one.shard == 1 ? .failed : .cancelled
        #expect(one.reason.kind == expected)
      }
      let lines = try BatchMerge(of: sample.batch).summary.lines
      #expect(lines.contains("3 cells were not run: cancelled"))
      #expect(lines.contains { $0.contains("the disk is full: \(cells[1].id) \(cells[2].id)") })
    }
  }

  /// What a kill or a crash of a machine leaves of a results file.
  @Test func aTornOrGarbledLineCostsItsCellAlone() throws {
    try Sample.with { sample in
      let cells = sample.cells(ofShard: 1)
      let attempt = try sample.attempt(shard: 1, cells: cells)
      let file = attempt.matrix.results
      var bytes = try HostFile.read(file, limit: 1 << 20)
      let first = try #require(bytes.firstIndex(of: 0x0a))
      for index in 10..<20 { bytes[index] = 0 }
      try HostFile.write(Array(bytes.dropLast(5)), to: file)
      let merge = try BatchMerge(of: sample.batch)
      #expect(first > 20)
      #expect(merge.summary.results == 1)
      #expect(merge.summary.damaged.count == 1)
      #expect(merge.summary.damaged[0].hasPrefix("\(file), line 1: "))
      #expect(try sample.batch.finishedCells(submission: 1, shard: 1) == [cells[1].id])
    }
  }

  @Test func aHostWithOtherProgramsIsNamed() throws {
    try Sample.with { sample in
      let other = ProgramVersions(cmalab: "1", executable: "ab", emulator: "QEMU 8")
      let attempt = try sample.attempt(
        shard: 1, cells: sample.cells(ofShard: 1), versions: other)
      let summary = try BatchMerge(of: sample.batch).summary
      #expect(summary.otherPrograms.map(\.attempt) == [attempt.name.description])
      #expect(
        summary.lines.contains {
          $0.hasPrefix("\(attempt.name.host) ran QEMU 8 instead of QEMU 7: its results are marked")
        })
    }
  }

  @Test func aSecondSubmissionLooksAtTheFirstOnesResults() throws {
    try Sample.with { sample in
      try sample.attempt(shard: 1, cells: sample.cells(ofShard: 1)).finish()
      #expect(
        try sample.batch.finishedCells() == Set(sample.cells(ofShard: 1).map(\.id)))
      try sample.submit()
      let again = try sample.attempt(shard: 2, cells: sample.cells(ofShard: 2))
      #expect(again.name.submission == 2 && again.name.attempt == 1)
      #expect(try BatchMerge(of: sample.batch).summary.results == 6)
    }
  }

  @Test func theFolderAloneShowsHowFarItIs() throws {
    try Sample.with { sample in
      var watch = try BatchWatch(of: sample.batch)
      #expect(try watch.status().done == 0)
      try sample.attempt(shard: 1, cells: sample.cells(ofShard: 1)).finish()
      let stopped = try sample.attempt(
        shard: 2, cells: Array(sample.cells(ofShard: 2).prefix(1)))
      try stopped.stop(AttemptEnding(.interrupted, "interrupted"))
      let status = try watch.status()
      #expect(status.done == 4 && status.cells == 6 && status.unexpected == 0)
      #expect(status.wholeShards == 1 && status.shards == 2)
      #expect(status.lost.map(\.name) == [stopped.name] && status.running.isEmpty)
      try sample.attempt(shard: 2, cells: Array(sample.cells(ofShard: 2).suffix(2))).finish()
      let last = try watch.status()
      #expect(last.isDone && last.lost.isEmpty)
    }
  }
}

@Suite struct AttemptNameTests {
  @Test func aNameIsReadBackAndNothingElseIs() {
    let name = AttemptName(submission: 1, shard: 3, attempt: 2, host: "node-7")
    #expect(name.description == "1-0003-2-node-7")
    #expect(AttemptName(folder: "1-0003-2-node-7") == name)
    #expect(AttemptName(folder: "1-0003-2-node-7.partial") == name)
    for text in ["", "1-3-2-n1", "1-0003-2-", "x-0003-2-n1", "0-0003-2-n1", "1-0003-2", ".partial"]
    {
      #expect(AttemptName(folder: text) == nil, "\(text)")
    }
  }

  @Test func thisHostIsFitForAFilesName() {
    #expect(AttemptName.thisHost.allSatisfy { $0.isASCII && $0 != "/" && $0 != "." })
    #expect(!AttemptName.thisHost.isEmpty)
  }
}
