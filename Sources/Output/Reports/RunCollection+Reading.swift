// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
package import SystemPackage
import Transcripts

extension RunCollection {
  /// As many consoles of runs that are as they should be are looked into.
  private static let mostUneventfulConsoles = 8

  /// Reads a run's folder, a folder of run folders, or the folder of a matrix.
  ///
  /// What is damaged is named in ``notes`` and counts as without a result; the rest stands.
  ///
  /// - Throws: `HostFileError`, `CollectionError`; `RecordDamage` of a single run.
  package init(readingFrom folder: FilePath) throws {
    let name = folder.lastComponent?.string ?? folder.string
    let run = RunFolder(reading: folder)
    if run.isRun {
      let record: RunRecord
      do { record = try run.readRecord() } catch let damage as RecordDamage {
        throw damage.within(folder.string)
      }
      self.init(
        name: name, isSingleRun: true,
        cells: [
          Cell(
            id: name, record: record, expected: nil, attempts: 1,
            excerpt: Self.excerpt(of: record, in: run), folder: ".")
        ])
      return
    }
    let matrix = MatrixFolder(folder)
    let found = matrix.isMatrix ? try Self.results(of: matrix) : try Self.runs(in: folder)
    guard !found.results.isEmpty || !found.missing.isEmpty || !found.notes.isEmpty else {
      throw CollectionError.empty(folder)
    }
    var budget = Self.mostUneventfulConsoles
    let cells = found.results.map { result in
      let isUneventful = result.expected ?? (result.record.verdict == .pass)
      let isShown = !isUneventful || budget > 0
      if isUneventful { budget -= 1 }
      let run = result.folder.map { RunFolder(reading: folder.pushing($0)) }
      return Cell(
        id: result.id, record: result.record, expected: result.expected,
        because: found.reasons[result.id], attempts: result.attempts,
        excerpt: isShown ? Self.excerpt(of: result.record, in: run) : .none,
        folder: run.flatMap { HostFile.isDirectory($0.path) ? result.folder?.string : nil })
    }
    self.init(name: found.name ?? name, cells: cells, missing: found.missing, notes: found.notes)
  }

  private struct Result {
    let id: String
    let record: RunRecord
    let expected: Bool?
    let attempts: Int
    /// Relative to the collection's.
    let folder: FilePath?
  }

  private struct Found {
    var name: String?
    /// Why cells are expected not to pass, by cell.
    var reasons: [String: String] = [:]
    var results: [Result] = []
    var missing: [MissingCell] = []
    var notes: [String] = []
  }

  private static func results(of matrix: MatrixFolder) throws -> Found {
    var found = Found()
    var plan: MatrixPlan?
    do {
      plan = try matrix.readPlan()
    } catch let damage as RecordDamage {
      found.notes.append("\(damage): what is expected, and what has not run, is not known")
    } catch MatrixFolderError.notAMatrix {
      // Somebody kept the results alone.
    }
    let read = try matrix.readResults(of: plan)
    found.notes += read.damages.map { "\($0); it does not count" }
    found.name = plan?.name
    found.results = read.results.map { result in
      // Without a plan, a name may be anything, and lead anywhere.
      Result(
        id: result.id, record: result.record, expected: plan == nil ? nil : result.expected,
        attempts: result.attempts,
        folder: plan == nil ? nil : MatrixFolder.relativeRun(ofCell: result.id))
    }
    for cell in plan?.cells ?? [] { found.reasons[cell.id] = cell.because }
    let known = Set(read.results.map(\.id))
    found.missing = (plan?.cells ?? []).filter { !known.contains($0.id) }
      .map { MissingCell(id: $0.id, request: $0.request) }
    return found
  }

  private static func runs(in folder: FilePath) throws -> Found {
    var found = Found()
    for name in try HostFile.names(in: folder) {
      let run = RunFolder(reading: folder.appending(name))
      guard run.isRun else { continue }
      do {
        found.results.append(
          Result(
            id: name, record: try run.readRecord(), expected: nil, attempts: 1,
            folder: FilePath(name)))
      } catch let damage as RecordDamage {
        found.notes.append("\(damage.within(name)); it does not count")
      } catch {
        found.notes.append("\(error); it does not count")
      }
    }
    return found
  }

  private static func excerpt(of record: RunRecord, in run: RunFolder?) -> ConsoleExcerpt {
    guard let bytes = try? run?.readConsole(), !bytes.isEmpty else { return ConsoleExcerpt(record) }
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
