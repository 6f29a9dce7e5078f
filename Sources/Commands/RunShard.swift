// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import Matrix
import Records
import SystemPackage

/// `cmalab matrix shard`
struct RunShard: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard",
    abstract: "Run a shard of a submission: what the scripts of 'matrix submit' call.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    It may be run again at any time and on any host: each attempt has a folder of its own, and runs \
    what no other attempt has a result of.
    """,
    examples: [
      .init("the first shard", "cmalab matrix shard shared --shard 1"),
      .init("four guests at once", "cmalab matrix shard shared --shard 2 --jobs 4"),
    ],
    statuses: [
      .success("every cell has a result, whatever it came to"),
      .trouble("some have none"),
    ])

  @Argument(help: "The shared folder.")
  var folder: FilePath

  @Option(help: "The number of the shard.")
  var shard: Int

  @Option(help: "The number of the submission (default: the last one).")
  var submission: Int?

  @Option(help: "Guests at once.")
  var jobs = 1

  func validate() throws {
    guard (1...1024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs): give 1 to 1024")
    }
  }

  func run() async throws {
    let batch = BatchFolder(folder.absolute)
    let last = try batch.allSubmissions().last?.number
    let folder = batch.submission(submission ?? last ?? 1)
    let submitted = try folder.read()
    let ids = Set(try folder.cells(ofShard: shard))
    let done = try batch.finishedCells(submission: folder.number, shard: shard)
    let whole = try batch.matrix.readPlan()
    let plan = MatrixPlan(
      name: whole.name, timeout: whole.timeout,
      cells: whole.cells.filter { ids.contains($0.id) && !done.contains($0.id) }, shard: nil)
    guard !plan.cells.isEmpty else {
      Diagnostics.progress("shard \(shard) has a result of each of its \(ids.count) cells")
      return
    }
    let attempt = try AttemptFolder.begin(
      submission: folder.number, shard: shard, in: batch,
      versions: try await HostEnvironment.programVersions(), plan: plan)
    do {
      let session = try await MatrixSession(
        plan: plan, in: attempt.matrix, session: try .ofThisProcess(),
        source: submitted.source(in: batch))
      try await run(session, of: plan, attempt)
      try attempt.finish()
    } catch is CancellationError {
      try? attempt.stop(AttemptEnding(.interrupted, "interrupted"))
      throw CancellationError()
    } catch {
      try? attempt.stop(AttemptEnding(.failed, "\(error)"))
      throw error
    }
  }

  private func run(
    _ session: MatrixSession, of plan: MatrixPlan, _ attempt: AttemptFolder
  ) async throws {
    let progress = MatrixProgress(total: plan.cells.count)
    defer { progress.end() }
    try await withThrowingTaskGroup { group in
      group.addTask { try await AttemptHeartbeat(of: attempt).beat() }
      defer { group.cancelAll() }
      try await session.run(
        resuming: true,
        concurrency: Concurrency(jobs: jobs, memory: try HostMemory.available())
      ) { progress.show($0) }
    }
    let results = try attempt.matrix.readResults(of: plan).results
    try StandardOutput.write(MatrixOutcome(plan: plan, results: results).text)
  }
}

/// `cmalab matrix build`
struct BuildMatrix: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Build the kernels and guest programs that a submission needs.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("before the shards are run", "cmalab matrix build shared"),
      .init("of a folder elsewhere", "cmalab matrix build /srv/matrices/edges"),
    ],
    statuses: [
      .success("all that the cells need is in the cache"),
      .trouble("something cannot be built, or the folder holds no submission"),
    ])

  @Argument(help: "The shared folder.")
  var folder: FilePath

  func run() async throws {
    let batch = BatchFolder(folder.absolute)
    guard let last = try batch.allSubmissions().last else {
      throw BatchError.noSubmission(batch.path)
    }
    let session = try await MatrixSession(
      plan: try batch.matrix.readPlan(), in: batch.matrix, session: try .ofThisProcess(),
      source: try last.read().source(in: batch))
    try await session.build()
  }
}

extension Submission {
  /// Cells may name files by paths from where they were submitted; a host that does not have those
  /// says which.
  fileprivate func source(in batch: BatchFolder) -> MatrixSession.Source {
    .init(file: batch.matrixFile.string, workingDirectory: FilePath(directory))
  }
}
