// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import HostFiles
import HostProcesses
import Matrix
import Quantities
import Records
import SystemPackage

/// A submission that is written and not yet submitted.
struct PreparedSubmission: Sendable {
  let scripts: BatchScripts
  let versions: ProgramVersions
  private let costs: CellCosts
  private let shards: ShardPlan
  private let cells: Int

  /// What decides how the cells are cut.
  struct Cut {
    let shards: Int?
    /// Nil where it is not known.
    let workers: Int?
    let times: MatrixFolder?
    /// What the batch system takes.
    let most: Int
  }

  /// Where nothing says how many tasks run at once.
  private static let usualWorkers = 16

  /// Writes the plan and the shards of what has no result yet.
  ///
  /// - Throws: `BatchError`, `ValidationError` for a cell that cannot run, `HostFileError`.
  init(
    _ plan: MatrixPlan, file: (path: FilePath, bytes: [UInt8]), in batch: BatchFolder,
    engine: BatchEngine, cut: Cut, program: FilePath?, jobs: Int
  ) async throws {
    let done = try Self.begin(plan, file: file.bytes, in: batch)
    let missing = plan.cells.filter { !done.contains($0.id) }
    guard !missing.isEmpty else { throw BatchError.nothingMissing(batch.path) }
    let directory = HostEnvironment.workingDirectory
    let session = try await MatrixSession(
      plan: MatrixPlan(name: plan.name, timeout: plan.timeout, cells: missing, shard: nil),
      in: batch.matrix, session: try .ofThisProcess(),
      source: .init(file: file.path.string, workingDirectory: directory))
    var times = MeasuredTimes()
    if let folder = cut.times { try times.add(folder) }
    for attempt in try batch.allAttempts() { try times.add(attempt.matrix) }
    costs = CellCosts(
      of: missing.map { ($0.id, session.load(of: $0)) }, measured: times.seconds)
    let suitable = ShardPlan.suitableCount(
      cells: missing.count, workers: cut.workers ?? Self.usualWorkers)
    guard cut.shards ?? 1 <= cut.most else {
      throw ValidationError(
        "--shards is \(cut.shards ?? 0): the cluster takes arrays of \(cut.most) tasks at most")
    }
    shards = ShardPlan(costs.all, count: min(cut.shards ?? suitable, cut.most))
    cells = plan.cells.count
    versions = try await HostEnvironment.programVersions()
    let submission = batch.submission((try batch.allSubmissions().last?.number ?? 0) + 1)
    try submission.write(
      Submission(
        engine: engine, directory: directory.string, programs: versions, plan: shards),
      shards)
    let guests = missing.map { session.memory(of: $0) }.max() ?? .zero
    scripts = BatchScripts(
      batch: batch, submission: submission, name: plan.name, shards: shards.shards,
      program: try program ?? HostEnvironment.executable(),
      environment: HostEnvironment.sharedVariables, jobs: jobs,
      memory: ByteCount(guests.bytes * UInt64(jobs) + ByteCount.mebibytes(128).bytes))
  }

  /// Makes the shared folder, or finds the one that is to be gone on with.
  ///
  /// - Returns: the cells that have a result there.
  private static func begin(
    _ plan: MatrixPlan, file: [UInt8], in batch: BatchFolder
  ) throws -> Set<String> {
    guard HostFile.exists(batch.path.appending(MatrixFolder.planName)) else {
      try batch.matrix.write(plan)
      try HostFile.write(file, to: batch.matrixFile)
      return []
    }
    guard try batch.matrix.readPlan() == plan else { throw BatchError.another(batch.path) }
    return try batch.finishedCells()
  }

  /// What is submitted, in a line.
  var words: String {
    let missing = costs.all.count
    let again = missing < cells ? "\(cells - missing) of \(cells) cells have results; " : ""
    let measured = costs.all.count(where: \.isMeasured)
    let from = measured == 0 ? "estimated" : "known for \(measured) of them"
    let mean = costs.totalSeconds / Double(shards.shards.count)
    let parts = shards.shards.count == 1 ? "one shard" : "\(shards.shards.count) shards"
    return "\(again)\(missing) cells in \(parts) of about "
      + "\(Int(mean.rounded(.up))) s (\(from))"
  }

  /// How long it would take, by simulation of time.
  var forecast: String {
    let counts = [2, 4, 8, 16, 32, 64].filter { $0 <= max(2, shards.shards.count) }
    let simulations = counts.map { workers in
      ScheduleSimulation(
        shards: shards.shards.map(\.expectedSeconds), workers: workers,
        overhead: ScheduleSimulation.slurmTaskOverhead)
    }
    return SimulationTable(simulations).text
  }

  /// What to type for it to run, where a person starts it.
  func next(_ engine: BatchEngine) -> String {
    let folder = scripts.batch.path.string
    if let name = engine.submitScript {
      let script = ToolCommand(.path(scripts.submission.path.appending(name)))
      return "the scripts are in \(scripts.submission.path)\nnext: \(script)\n"
    }
    func line(_ words: [String]) -> String {
      "\(ToolCommand(.named("cmalab"), ["matrix"] + words))"
    }
    let last = shards.shards.count
    let others = last > 1 ? ", and so on to \(last), on any of the hosts" : ""
    return """
      next: \(line(["build", folder]))
            \(line(["shard", folder, "--shard", "1"]))\(others)
            \(line(["merge", folder]))

      """
  }

  /// Hands it to the batch system.
  ///
  /// - Throws: `ToolError`, `CancellationError`.
  func start(_ engine: BatchEngine) async throws {
    guard let name = engine.submitScript else { return }
    let script = ToolCommand(.path(scripts.submission.path.appending(name)))
    // What went wrong is said by the script's commands themselves.
    guard try await script.runOnTerminal().isSuccess else { throw ExitCode.trouble }
    let watch = ToolCommand(.named("cmalab"), ["matrix", "watch", scripts.batch.path.string])
    Diagnostics.progress("to watch it: \(watch)")
  }
}

extension BatchEngine {
  /// The script that hands a submission to the batch system; nil where a person does.
  fileprivate var submitScript: String? {
    switch self {
    case .slurm: SlurmScripts.submitName
    case .parallel: ParallelScripts.submitName
    case .kubernetes: KubernetesJobs.submitName
    case .planOnly, .github, .gitlab: nil
    }
  }
}
