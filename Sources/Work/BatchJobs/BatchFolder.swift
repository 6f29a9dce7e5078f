// SPDX-License-Identifier: Apache-2.0

package import HostFiles
package import Records
package import SystemPackage

/// The folder that all machines see:
///
///     matrix.json        the plan
///     matrix.yaml        the matrix file as it was submitted
///     submissions/1/     what was submitted: its shards, the scripts, their logs
///     attempts/          a folder for each attempt at a shard
///     results.jsonl      one result per cell, by the merge
///     merge.json         the cells that have none and why, and where attempts disagreed
///     runs/              the run of each cell, by the merge
///
/// Once merged it is the folder of a matrix like any other.
package struct BatchFolder: Hashable, Sendable {
  package let path: FilePath

  package init(_ path: FilePath) {
    self.path = path
  }

  package var matrix: MatrixFolder { MatrixFolder(path) }
  package var matrixFile: FilePath { path.appending("matrix.yaml") }
  package var attempts: FilePath { path.appending("attempts") }
  var mergeSummary: FilePath { path.appending("merge.json") }
  private var submissions: FilePath { path.appending("submissions") }

  package func submission(_ number: Int) -> SubmissionFolder {
    SubmissionFolder(submissions.appending("\(number)"), number: number)
  }

  /// What was submitted so far, the first one first.
  package func allSubmissions() throws(HostFileError) -> [SubmissionFolder] {
    guard HostFile.exists(submissions) else { return [] }
    return try HostFile.names(in: submissions).compactMap(Int.init).sorted()
      .map { submission($0) }
      .filter { HostFile.exists($0.record) }
  }

  /// Every attempt that has begun, in the order of submissions, shards and attempts.
  package func allAttempts() throws(HostFileError) -> [AttemptFolder] {
    guard HostFile.exists(attempts) else { return [] }
    return try HostFile.names(in: attempts)
      .compactMap { name in AttemptName(folder: name).map { ($0, name) } }
      .map { AttemptFolder(attempts.appending($1), name: $0) }
      .sorted { $0.name < $1.name }
  }
}

/// The folder of one submission: what the tasks read, and what administrators do.
package struct SubmissionFolder: Hashable, Sendable {
  package let path: FilePath
  package let number: Int

  init(_ path: FilePath, number: Int) {
    self.path = path
    self.number = number
  }

  package var record: FilePath { path.appending("submission.json") }
  package var logs: FilePath { path.appending("logs") }
  /// A file for each task that ended, written by its script.
  package var ends: FilePath { path.appending("ends") }
  /// What the batch system says of the tasks.
  package var schedulerStates: FilePath { path.appending("scheduler.txt") }
  private var cells: FilePath { path.appending("cells") }

  private static let recordLimit = 4 << 20
  private static let cellsLimit = 64 << 20

  /// Writes all of it but the scripts; the record comes last, so that what has one is whole.
  package func write(_ submission: Submission, _ plan: ShardPlan) throws {
    for folder in [cells, logs, ends] { try HostFile.createDirectory(folder) }
    for shard in plan.shards {
      let lines = shard.cells.map { "\($0)\n" }.joined()
      try HostFile.write(Array(lines.utf8), to: cellsFile(ofShard: shard.number))
    }
    try HostFile.write(Array(try JSONText.document(submission).utf8), to: record)
  }

  /// - Throws: `BatchError.noSubmission`, `HostFileError`.
  package func read() throws -> Submission {
    guard HostFile.exists(record) else { throw BatchError.noSubmission(path) }
    let bytes = try HostFile.read(record, limit: Self.recordLimit)
    guard let submission = try? JSONText.read(Submission.self, from: bytes),
      submission.version == Submission.currentVersion
    else { throw BatchError.noSubmission(path) }
    return submission
  }

  /// The identifiers of the cells of a shard.
  ///
  /// - Throws: `BatchError.noShard`, `HostFileError`.
  package func cells(ofShard number: Int) throws -> [String] {
    let file = cellsFile(ofShard: number)
    guard HostFile.exists(file) else { throw BatchError.noShard(number, path) }
    let text = String(decoding: try HostFile.read(file, limit: Self.cellsLimit), as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }

  private func cellsFile(ofShard number: Int) -> FilePath {
    cells.appending(AttemptName.digits(number))
  }
}

/// What was submitted at once: `submission.json`.
package struct Submission: Hashable, Sendable, Codable {
  /// Of what is in it, which only cmalab itself reads.
  static let currentVersion = 1

  package let version: Int
  package let engine: BatchEngine
  /// Where it was submitted: the files that cells name by relative paths are found from there.
  package let directory: String
  /// The programs of the machine that submitted it.
  package let programs: ProgramVersions
  package let shards: [Shard]

  /// A shard's cells are in a file beside it.
  package struct Shard: Hashable, Sendable, Codable {
    package let number: Int
    package let cells: Int
    package let expectedSeconds: Double
  }

  package init(engine: BatchEngine, directory: String, programs: ProgramVersions, plan: ShardPlan) {
    version = Self.currentVersion
    self.engine = engine
    self.directory = directory
    self.programs = programs
    shards = plan.shards.map {
      Shard(number: $0.number, cells: $0.cells.count, expectedSeconds: $0.expectedSeconds)
    }
  }
}

/// What runs the shards.
package enum BatchEngine: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nobody: `cmalab matrix shard` is called for each of them by hand or by a script.
  case planOnly = "none"
  case slurm
  /// GNU parallel over ssh.
  case parallel
  case github
  case gitlab
  case kubernetes
}

/// Why a folder cannot be worked on by several machines.
package enum BatchError: Error, Hashable, CustomStringConvertible {
  case noSubmission(FilePath)
  case noShard(Int, FilePath)
  case another(FilePath)
  case nothingMissing(FilePath)

  package var description: String {
    switch self {
    case .noSubmission(let path):
      "\(path) holds no submission: give the folder that 'cmalab matrix submit' wrote"
    case .noShard(let number, let path):
      "\(path) has no shard \(number): give the number of a file in its folder 'cells'"
    case .another(let path):
      "\(path) holds another matrix: give --out the folder of this one, or a new one"
    case .nothingMissing(let path):
      "\(path) has a result of every cell: there is nothing to submit"
    }
  }
}
