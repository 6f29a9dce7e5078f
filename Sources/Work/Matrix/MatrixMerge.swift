// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import Records
import SystemPackage

/// The results of shards, put together.
package struct MatrixMerge: Sendable {
  package let plan: MatrixPlan
  /// In the plan's order, one a cell.
  package let results: [CellResult]
  /// The cells that no folder has a result of.
  package let missing: [MatrixCell]
  /// The cells that more than one folder has a result of; the first one is taken.
  package let repeated: [MatrixCell]
  /// What the folders have that is not believed.
  package let damages: [(folder: MatrixFolder, damage: RecordDamage)]

  /// Reads the folders of one matrix.
  ///
  /// - Throws: `MatrixFolderError.another` for a folder of another matrix than the first one's.
  package init(of folders: [MatrixFolder]) throws {
    guard let first = folders.first else { preconditionFailure("no folder to merge") }
    plan = try first.readPlan().sharded(nil)
    var found: [String: CellResult] = [:]
    var counts: [String: Int] = [:]
    var damages: [(folder: MatrixFolder, damage: RecordDamage)] = []
    for folder in folders {
      guard try folder.readPlan().sharded(nil) == plan else {
        throw MatrixFolderError.another(folder.path)
      }
      let read = try folder.readResults(of: plan)
      damages += read.damages.map { (folder, $0) }
      for result in read.results {
        counts[result.id, default: 0] += 1
        if found[result.id] == nil { found[result.id] = result }
      }
    }
    results = plan.cells.compactMap { found[$0.id] }
    missing = plan.cells.filter { found[$0.id] == nil }
    self.damages = damages
    repeated = plan.cells.filter { counts[$0.id, default: 0] > 1 }
  }

  /// Writes plan, results and the folders of the runs into a new folder.
  ///
  /// - Throws: `MatrixFolderError.inUse`, `HostFileError`.
  package func write(to target: MatrixFolder, from folders: [MatrixFolder]) throws {
    guard try target.isFree() else { throw MatrixFolderError.inUse(target.path) }
    try target.write(plan)
    let journal = try ResultJournal(of: target)
    for (cell, result) in zip(plan.cells.filter { cell in !missing.contains(cell) }, results) {
      let runs = folders.map { $0.run(of: cell) }
      if let run = runs.first(where: { HostFile.isDirectory($0) }) {
        try HostFile.createDirectory(target.run(of: cell))
        for file in try HostFile.files(below: run) {
          try HostFile.linkOrCopy(run.pushing(file), to: target.run(of: cell).pushing(file))
        }
      }
      try journal.append(result)
    }
  }
}

extension MatrixFolder {
  /// Whether nothing is there yet.
  func isFree() throws -> Bool {
    guard HostFile.exists(path) else { return true }
    guard HostFile.isDirectory(path) else { return false }
    return try HostFile.names(in: path).allSatisfy { $0 == Self.lockName }
  }
}
