// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HostFiles
import Records
package import SystemPackage
import Transcripts

extension RunCollection {
  private static let recordName = "record.json"
  private static let consoleName = "console.log"
  private static let matrixName = "matrix.json"
  private static let resultsName = "results.jsonl"
  private static let runsName = "runs"

  /// No record, console or matrix of an honest run comes near these sizes, in bytes.
  private static let largestFile = 64 << 20
  private static let largestResults = 1 << 30

  /// As many consoles of runs that are as they should be are looked into.
  private static let mostUneventfulConsoles = 8

  /// Reads a run's folder, a folder of run folders, or the folder of a matrix.
  ///
  /// What is torn or no record is left out and noted: the writer may have been killed.
  ///
  /// - Throws: `HostFileError`, `CollectionError`, `DecodingError` of a single run.
  package init(readingFrom folder: FilePath) throws {
    let name = folder.lastComponent?.string ?? folder.string
    if HostFile.exists(folder.appending(Self.recordName)) {
      let record = try RunRecord(
        json: HostFile.read(folder.appending(Self.recordName), limit: Self.largestFile))
      let excerpt = Self.excerpt(of: record, in: folder)
      self.init(
        name: name, isSingleRun: true,
        cells: [
          Cell(
            id: name, record: record, expected: nil, attempts: 1, excerpt: excerpt, folder: ".")
        ])
      return
    }
    let results = folder.appending(Self.resultsName)
    let isMatrix = HostFile.exists(results) || HostFile.exists(folder.appending(Self.matrixName))
    let found = isMatrix ? try Self.matrix(in: folder) : try Self.runs(in: folder)
    guard !found.results.isEmpty || !found.missing.isEmpty else {
      throw CollectionError.empty(folder)
    }
    var budget = Self.mostUneventfulConsoles
    let cells = found.results.map { result in
      let isUneventful = result.expected ?? (result.record.verdict == .pass)
      let isShown = !isUneventful || budget > 0
      if isUneventful { budget -= 1 }
      let run = result.folder.map { folder.pushing(FilePath($0)) }
      return Cell(
        id: result.id, record: result.record, expected: result.expected,
        attempts: result.attempts,
        excerpt: isShown ? Self.excerpt(of: result.record, in: run) : .none,
        folder: run.flatMap { HostFile.isDirectory($0) ? result.folder : nil })
    }
    self.init(name: found.name ?? name, cells: cells, missing: found.missing, notes: found.notes)
  }

  private struct Result {
    let id: String
    let record: RunRecord
    let expected: Bool?
    let attempts: Int
    let folder: String?
  }

  private struct Found {
    var name: String?
    var results: [Result] = []
    var missing: [MissingCell] = []
    var notes: [String] = []
  }

  /// `matrix.json`, of which nothing is needed but its cells.
  private struct Plan: Decodable {
    struct PlannedCell: Decodable {
      let id: String
      let coordinates: [String: [String]]
    }
    let schema: String
    let name: String?
    let cells: [PlannedCell]
    /// Those of this shard alone, where the writer lists them.
    let ownCells: [String]?
  }

  /// A line of `results.jsonl`.
  private struct ResultLine: Decodable {
    let id: String
    let record: RunRecord
    let expected: Bool?
    let attempts: Int?
  }

  private static func matrix(in folder: FilePath) throws -> Found {
    var found = Found()
    var results: [String: Result] = [:]
    var order: [String] = []
    let path = folder.appending(resultsName)
    if HostFile.exists(path) {
      let bytes = try HostFile.read(path, limit: largestResults)
      for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
        guard let result = try? JSONDecoder().decode(ResultLine.self, from: Data(line)),
          result.record.schema == RunRecord.currentSchema
        else {
          found.notes.append("\(resultsName), line \(index + 1): no whole result; it is left out")
          continue
        }
        // A later line is a later attempt.
        if results[result.id] == nil { order.append(result.id) }
        results[result.id] = Result(
          id: result.id, record: result.record, expected: result.expected,
          attempts: result.attempts ?? 1,
          folder: isFileName(result.id) ? "\(runsName)/\(result.id)" : nil)
      }
    }
    let matrix = folder.appending(matrixName)
    if HostFile.exists(matrix) {
      let plan = try JSONDecoder().decode(
        Plan.self, from: Data(try HostFile.read(matrix, limit: largestFile)))
      found.name = plan.name
      order = plan.cells.map(\.id) + order.filter { id in !plan.cells.contains { $0.id == id } }
      found.missing = plan.cells.filter { results[$0.id] == nil }
        .map { MissingCell(id: $0.id, coordinates: $0.coordinates) }
    }
    found.results = order.compactMap { results[$0] }
    return found
  }

  private static func runs(in folder: FilePath) throws -> Found {
    var found = Found()
    for name in try HostFile.names(in: folder) {
      let path = folder.appending(name).appending(recordName)
      guard HostFile.exists(path) else { continue }
      do {
        let record = try RunRecord(json: HostFile.read(path, limit: largestFile))
        found.results.append(
          Result(id: name, record: record, expected: nil, attempts: 1, folder: name))
      } catch {
        found.notes.append("\(name)/\(recordName): no record of a run; it is left out")
      }
    }
    return found
  }

  /// A name from a file must not lead out of the folder.
  private static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
      && !name.utf8.contains(0)
  }

  private static func excerpt(of record: RunRecord, in folder: FilePath?) -> ConsoleExcerpt {
    guard let path = folder?.appending(consoleName),
      let bytes = try? HostFile.read(path, limit: largestFile)
    else { return ConsoleExcerpt(record) }
    return ConsoleExcerpt(record, console: ConsoleText(bytes))
  }
}

/// Why there is nothing to report.
package enum CollectionError: Error, Hashable, CustomStringConvertible {
  case empty(FilePath)

  package var description: String {
    switch self {
    case .empty(let path):
      "\(path) has neither a run's record.json nor a matrix's results.jsonl, nor folders of runs: "
        + "give the folder that a boot or a matrix wrote"
    }
  }
}
