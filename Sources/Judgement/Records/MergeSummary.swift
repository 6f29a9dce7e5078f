// SPDX-License-Identifier: Apache-2.0

/// What a merge found besides the results: `merge.json`.
package struct MergeSummary: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.merge.identifier

  package let schema: String
  package let cells: Int
  package let results: Int
  package let missing: [Missing]
  package let flakes: [Flake]
  package let otherPrograms: [OtherProgram]
  /// The lines of results files that are not believed, each with its place and why.
  package let damaged: [String]

  /// A cell that nobody has a result of.
  package struct Missing: Hashable, Sendable, Codable {
    package let cell: String
    package let shard: Int?
    package let reason: MissingReason

    package init(cell: String, shard: Int?, reason: MissingReason) {
      self.cell = cell
      self.shard = shard
      self.reason = reason
    }
  }

  /// A cell of which two attempts came to different conclusions.
  package struct Flake: Hashable, Sendable, Codable {
    package let cell: String
    /// Their runs are in `flakes/CELL/ATTEMPT`.
    package let attempts: [Run]

    package struct Run: Hashable, Sendable, Codable {
      package let attempt: String
      package let outcome: CellOutcome

      package init(attempt: String, outcome: CellOutcome) {
        self.attempt = attempt
        self.outcome = outcome
      }
    }

    package init(cell: String, attempts: [Run]) {
      self.cell = cell
      self.attempts = attempts
    }
  }

  /// An attempt that ran other programs than the machine that submitted it.
  package struct OtherProgram: Hashable, Sendable, Codable {
    package let attempt: String
    package let host: String
    package let versions: ProgramVersions
    package let submitted: ProgramVersions

    package init(
      attempt: String, host: String, versions: ProgramVersions, submitted: ProgramVersions
    ) {
      self.attempt = attempt
      self.host = host
      self.versions = versions
      self.submitted = submitted
    }
  }

  package init(
    cells: Int, results: Int, missing: [Missing], flakes: [Flake], otherPrograms: [OtherProgram],
    damaged: [String]
  ) {
    schema = Self.currentSchema
    self.cells = cells
    self.results = results
    self.missing = missing
    self.flakes = flakes
    self.otherPrograms = otherPrograms
    self.damaged = damaged
  }
}
