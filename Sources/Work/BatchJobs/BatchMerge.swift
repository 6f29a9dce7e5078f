// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import Records
import SystemPackage

/// One result per cell, from all attempts.
package struct BatchMerge: Sendable {
  package let plan: MatrixPlan
  package let summary: MergeSummary
  private let chosen: [String: Choice]

  private struct Choice {
    let entry: AttemptResults.Entry
    /// The folder of the matrix that it is from.
    let folder: MatrixFolder
  }

  /// Who ran a cell.
  private struct Source {
    let name: String
    let folder: MatrixFolder
    let results: AttemptResults
  }

  /// Reads what there is, while attempts may still be going on.
  ///
  /// - Throws: `BatchError`, `MatrixFolderError`, `HostFileError`.
  package init(of batch: BatchFolder) throws {
    let plan = try batch.matrix.readPlan()
    let attempts = try batch.allAttempts()
    let cells = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.id, $0) })
    // What an earlier merge took, and what was run here by hand.
    var sources = [
      Source(
        name: Self.ownName, folder: batch.matrix,
        results: try AttemptResults(in: batch.matrix.results, of: cells))
    ]
    sources += try attempts.map {
      Source(
        name: $0.name.description, folder: $0.matrix,
        results: try AttemptResults(in: $0.matrix.results, of: cells))
    }
    var chosen: [String: Choice] = [:]
    var flakes: [MergeSummary.Flake] = []
    for cell in plan.cells {
      let runs = sources.compactMap { source in
        source.results.entries[cell.id].map { (source, $0) }
      }
      guard let best = runs.min(by: { Self.rank($0.1.outcome) < Self.rank($1.1.outcome) })
      else { continue }
      chosen[cell.id] = Choice(entry: best.1, folder: best.0.folder)
      // Where the harness failed, nothing contradicts the other attempt.
      let conclusive = runs.filter { $0.0.name != Self.ownName && $0.1.outcome.isConclusive }
      if Set(conclusive.map(\.1.outcome)).count > 1 {
        flakes.append(
          MergeSummary.Flake(
            cell: cell.id,
            attempts: conclusive.map { .init(attempt: $0.0.name, outcome: $0.1.outcome) }))
      }
    }
    let missing = try MissingCells(
      plan.cells.map(\.id).filter { chosen[$0] == nil }, in: batch, attempts: attempts)
    self.plan = plan
    self.chosen = chosen
    summary = MergeSummary(
      cells: plan.cells.count, results: chosen.count, missing: missing.cells, flakes: flakes,
      otherPrograms: try OtherPrograms(in: batch, attempts: attempts).attempts,
      damaged: sources.flatMap(\.results.damages))
  }

  private static let ownName = "merge"

  /// The least is taken: a conclusive outcome, and of those one that is not as expected, so that no
  /// attempt hides what another one found.
  private static func rank(_ outcome: CellOutcome) -> Int {
    outcome.isConclusive ? (outcome.isExpected ? 1 : 0) : 2
  }

  /// Makes the shared folder the folder of the matrix: results in the plan's order, the run of each
  /// cell, and the summary.
  ///
  /// Each becomes whole by one rename, so a merge that is killed leaves what the last one left.
  ///
  /// - Throws: `HostFileError`.
  package func write(to batch: BatchFolder) throws {
    for cell in plan.cells {
      guard let choice = chosen[cell.id], choice.folder != batch.matrix else { continue }
      try Self.link(choice.folder.run(of: cell), to: batch.matrix.run(of: cell))
    }
    for flake in summary.flakes { try link(flake, in: batch) }
    try HostFile.write(to: batch.matrix.results) { file in
      for cell in plan.cells {
        if let entry = chosen[cell.id]?.entry { _ = try file.writeAll(try entry.line()) }
      }
    }
    try HostFile.write(Array(try JSONText.document(summary).utf8), to: batch.mergeSummary)
  }

  /// Both records of a flake, beside each other.
  private func link(_ flake: MergeSummary.Flake, in batch: BatchFolder) throws {
    guard let cell = plan.cells.first(where: { $0.id == flake.cell }) else { return }
    for run in flake.attempts {
      guard
        let attempt = try batch.allAttempts().first(where: { $0.name.description == run.attempt })
      else { continue }
      try Self.link(
        attempt.matrix.run(of: cell),
        to: batch.path.appending("flakes").appending(cell.id).appending(run.attempt))
    }
  }

  /// Gives a run's files second names in a draft, which then gets its name.
  private static func link(_ run: FilePath, to target: FilePath) throws(HostFileError) {
    guard HostFile.isDirectory(run) else { return }
    let parent = target.removingLastComponent()
    try HostFile.createDirectory(parent)
    let draft = parent.appending(".\(target.lastComponent?.string ?? "run").draft")
    try HostFile.remove(draft)
    try HostFile.createDirectory(draft)
    for file in try HostFile.files(below: run) {
      let copy = draft.pushing(file)
      try HostFile.createDirectory(copy.removingLastComponent())
      try HostFile.linkOrCopy(run.pushing(file), to: copy)
    }
    try HostFile.remove(target)
    try HostFile.rename(draft, to: target)
  }
}
