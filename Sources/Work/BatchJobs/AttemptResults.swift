// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
import SystemPackage

/// Where each result of a results file is, and what it came to; the records stay on the disk.
struct AttemptResults: Sendable {
  struct Entry: Hashable, Sendable {
    let outcome: CellOutcome
    let file: FilePath
    /// Of its line in the file, the newline included.
    let bytes: Range<Int>

    /// The line itself.
    ///
    /// - Throws: `HostFileError`, also where the file has become shorter.
    func line() throws(HostFileError) -> [UInt8] {
      try HostFile.read(file, bytes: bytes)
    }
  }

  /// By cell; of a cell that stands twice, the later line is a rerun's.
  private(set) var entries: [String: Entry] = [:]
  /// The whole lines that are not believed, each with its place.
  private(set) var damages: [String] = []

  /// A line that was cut short, as by a kill, is none.
  ///
  /// - Parameter cells: those of the whole plan, by name.
  /// - Throws: `HostFileError` where there is a file that cannot be read.
  init(in file: FilePath, of cells: [String: MatrixCell]) throws(HostFileError) {
    guard HostFile.exists(file) else { return }
    let bytes = try HostFile.read(file, limit: 4 << 30)
    var start = 0
    var number = 0
    while let end = bytes[start...].firstIndex(of: 0x0a) {
      number += 1
      do throws(RecordDamage) {
        let result = try CellResult(line: bytes[start...end], cells: cells)
        entries[result.id] = Entry(
          outcome: CellOutcome(result), file: file, bytes: start..<(end + 1))
      } catch {
        damages.append("\(file), line \(number): \(error)")
      }
      start = end + 1
    }
  }
}

extension BatchFolder {
  /// The cells that some attempt, or the merge, has a result of.
  package func finishedCells() throws -> Set<String> {
    let cells = try cellsByName()
    return try ([matrix] + allAttempts().map(\.matrix)).reduce(into: []) {
      $0.formUnion(try AttemptResults(in: $1.results, of: cells).entries.keys)
    }
  }

  /// The cells of a shard that some attempt at it has a result of.
  package func finishedCells(submission: Int, shard: Int) throws -> Set<String> {
    let cells = try cellsByName()
    return try allAttempts()
      .filter { $0.name.submission == submission && $0.name.shard == shard }
      .reduce(into: []) {
        $0.formUnion(try AttemptResults(in: $1.matrix.results, of: cells).entries.keys)
      }
  }

  /// Those of the whole plan.
  func cellsByName() throws -> [String: MatrixCell] {
    Dictionary(uniqueKeysWithValues: try matrix.readPlan().cells.map { ($0.id, $0) })
  }
}
