// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HostFiles
package import SystemPackage

/// The folder of a matrix: its plan, its results as they come, a folder for each run.
package struct MatrixFolder: Hashable, Sendable {
  package let path: FilePath

  /// The plan, whole from the beginning.
  package static let planName = "matrix.json"
  /// The results, a line each, in the order in which they came.
  package static let resultsName = "results.jsonl"
  package static let runsName = "runs"
  package static let lockName = "lock"

  package init(_ path: FilePath) {
    self.path = path
  }

  /// Where the run of a cell is kept.
  package func run(of cell: MatrixCell) -> FilePath {
    path.appending(Self.runsName).appending(cell.id)
  }

  package var results: FilePath { path.appending(Self.resultsName) }
  package var plan: FilePath { path.appending(Self.planName) }
  package var lock: FilePath { path.appending(Self.lockName) }

  /// A plan of 100,000 cells has some 30 MB.
  private static let planLimit = 256 << 20
  /// A record has some 10 KB.
  private static let resultsLimit = 4 << 30

  /// Reads the plan that the folder was made for.
  ///
  /// - Throws: `MatrixFolderError.notAMatrix`, `HostFileError`.
  package func readPlan() throws -> MatrixPlan {
    guard HostFile.exists(plan) else { throw MatrixFolderError.notAMatrix(path) }
    let bytes = try HostFile.read(plan, limit: Self.planLimit)
    guard let read = try? JSONDecoder().decode(MatrixPlan.self, from: Data(bytes)),
      read.schema == MatrixPlan.currentSchema
    else { throw MatrixFolderError.notAMatrix(path) }
    return read
  }

  package func write(_ plan: MatrixPlan) throws {
    try HostFile.createDirectory(path)
    try HostFile.write(Array(try Self.encoder.encode(plan)) + [0x0a], to: self.plan)
  }

  /// The results that were written whole, in their order; a line that was cut short is none.
  ///
  /// - Throws: `MatrixFolderError.damaged` for a whole line that is no result.
  package func readResults() throws -> [CellResult] {
    guard HostFile.exists(results) else { return [] }
    let bytes = try HostFile.read(results, limit: Self.resultsLimit)
    guard let last = bytes.lastIndex(of: 0x0a) else { return [] }
    let decoder = JSONDecoder()
    return try bytes[..<last].split(separator: 0x0a).enumerated().map { index, line in
      do {
        return try decoder.decode(CellResult.self, from: Data(line))
      } catch {
        throw MatrixFolderError.damaged(results, line: index + 1)
      }
    }
  }

  /// One line of the results.
  static func line(of result: CellResult) throws -> [UInt8] {
    Array(try encoder.encode(result)) + [0x0a]
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

/// Why a folder cannot hold, or does not hold, a matrix.
package enum MatrixFolderError: Error, Hashable, CustomStringConvertible {
  case notAMatrix(FilePath)
  case damaged(FilePath, line: Int)
  case inUse(FilePath)
  case another(FilePath)

  package var description: String {
    switch self {
    case .notAMatrix(let path):
      "\(path) holds no matrix: give the folder that 'cmalab matrix' wrote"
    case .damaged(let path, let line):
      "\(path):\(line): the line is no result: remove it, its cell is run again with --resume"
    case .inUse(let path):
      "\(path) is in use: go on there with --resume, or give --out a new or empty folder"
    case .another(let path):
      "\(path) holds another matrix: give --out the folder of this one, or a new one"
    }
  }
}
