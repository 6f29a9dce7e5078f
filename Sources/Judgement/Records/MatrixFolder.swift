// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import SystemPackage

/// The folder of a matrix: its plan, its results as they come, a folder for each run.
package struct MatrixFolder: Hashable, Sendable {
  package let path: FilePath

  /// The plan, whole from the beginning.
  package static let planName = "matrix.json"
  /// The results, a line each, in the order in which they came.
  package static let resultsName = "results.jsonl"
  static let runsName = "runs"
  package static let lockName = "lock"

  package init(_ path: FilePath) {
    self.path = path
  }

  /// Where the run of a cell is kept.
  package func run(of cell: MatrixCell) -> FilePath {
    path.pushing(Self.relativeRun(ofCell: cell.id))
  }

  /// The same, relative to the matrix's folder.
  package static func relativeRun(ofCell id: String) -> FilePath {
    FilePath(runsName).appending(id)
  }

  package var results: FilePath { path.appending(Self.resultsName) }
  package var plan: FilePath { path.appending(Self.planName) }
  private var lock: FilePath { path.appending(Self.lockName) }

  /// A plan of 100,000 cells has some 30 MB.
  private static let planLimit = 256 << 20
  /// A record has some 10 KB.
  private static let resultsLimit = 4 << 30

  /// Makes the folder and keeps it for `body` alone, which writes there; waits for whoever else does.
  ///
  /// - Parameter onWait: called once, if somebody else does.
  /// - Throws: `HostFileError`, `CancellationError`; what `body` throws.
  package func reserved<Value: Sendable>(
    onWait: @Sendable () -> Void, _ body: () async throws -> Value
  ) async throws -> Value {
    try HostFile.createDirectory(path)
    return try await FileLock.withLock(at: lock, onWait: onWait, body)
  }

  /// Whether it has a plan or results.
  package var isMatrix: Bool { HostFile.exists(plan) || HostFile.exists(results) }

  /// Reads the plan that the folder was made for.
  ///
  /// - Throws: `MatrixFolderError.notAMatrix`, `RecordDamage`, `HostFileError`.
  package func readPlan() throws -> MatrixPlan {
    guard HostFile.exists(plan) else { throw MatrixFolderError.notAMatrix(path) }
    let bytes = try HostFile.read(plan, limit: Self.planLimit)
    do {
      _ = try SealedText.line.isSealed(bytes)
      let read = try JSONText.read(MatrixPlan.self, from: bytes)
      try read.check()
      return read
    } catch {
      throw error.at(Self.planName)
    }
  }

  package func write(_ plan: MatrixPlan) throws {
    try HostFile.createDirectory(path)
    try HostFile.write(SealedText.line.seal(try JSONText.line(plan)), to: self.plan)
  }

  /// The results that were written whole, each held against its record and its cell.
  ///
  /// - Parameter plan: of the folder; nil where it has none that can be read.
  /// - Throws: `HostFileError`.
  package func readResults(of plan: MatrixPlan?) throws -> MatrixResults {
    guard HostFile.exists(results) else { return MatrixResults(lines: [], plan: plan) }
    let bytes = try HostFile.read(results, limit: Self.resultsLimit)
    return MatrixResults(lines: bytes, plan: plan)
  }
}

/// Why a folder cannot hold, or does not hold, a matrix.
package enum MatrixFolderError: Error, Hashable, CustomStringConvertible {
  case notAMatrix(FilePath)
  case inUse(FilePath)
  case another(FilePath)

  package var description: String {
    switch self {
    case .notAMatrix(let path):
      "\(path) does not hold a matrix: give the folder that 'cmalab matrix' wrote"
    case .inUse(let path):
      "\(path) is in use: go on there with --resume, or give --out a new or empty folder"
    case .another(let path):
      "\(path) holds another matrix: give --out the folder of this one, or a new one"
    }
  }
}
