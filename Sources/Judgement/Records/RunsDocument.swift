// SPDX-License-Identifier: Apache-2.0

/// All records of a matrix or of a folder of runs in one document.
package struct RunsDocument: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.report.identifier

  package struct Run: Hashable, Sendable, Codable {
    package let id: String
    /// Whether it came to what the matrix expects; nil for a run that no plan speaks of.
    package let expected: Bool?
    package let attempts: Int
    package let record: RunRecord

    package init(id: String, expected: Bool?, attempts: Int, record: RunRecord) {
      self.id = id
      self.expected = expected
      self.attempts = attempts
      self.record = record
    }
  }

  package let schema: String
  /// What people know the matrix or folder by.
  package let name: String
  package let runs: [Run]
  /// The cells without a run.
  package let missing: [String]
  /// What could not be read, a line each.
  package let notes: [String]

  /// How large the pool may be, by RAM; nil in documents of earlier releases.
  package let safePools: [SafePool]?

  package init(
    name: String, runs: [Run], missing: [String], notes: [String], safePools: [SafePool]
  ) {
    schema = Self.currentSchema
    self.name = name
    self.runs = runs
    self.missing = missing
    self.notes = notes
    self.safePools = safePools
  }
}
