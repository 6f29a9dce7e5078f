// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// Many matrices side by side, of several days or kernels: `report --history --format json`.
package struct HistoryDocument: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.history.identifier

  /// One matrix, a column.
  package struct Matrix: Hashable, Sendable, Codable {
    /// What tells it from the others: its folder.
    package let name: String
    /// When, where and with what it was run, in words.
    package let provenance: [String]
    package let runs: Int
    package let unexpected: Int
    package let missing: Int

    package init(name: String, provenance: [String], runs: Int, unexpected: Int, missing: Int) {
      self.name = name
      self.provenance = provenance
      self.runs = runs
      self.unexpected = unexpected
      self.missing = missing
    }
  }

  /// Cells that differ in the pool's size alone, a row.
  package struct Group: Hashable, Sendable, Codable {
    package let name: String
    /// One for each matrix; nil for one that has no run of the group.
    package let results: [Result?]
    /// The smallest of all matrices' largest pools: what was there each time. Zero where a matrix had none;
    /// nil where nothing is conclusive.
    package let smallestBytes: ByteCount?

    package init(name: String, results: [Result?], smallestBytes: ByteCount?) {
      self.name = name
      self.results = results
      self.smallestBytes = smallestBytes
    }
  }

  /// What the runs of a group came to in one matrix.
  package struct Result: Hashable, Sendable, Codable {
    package let passed: Int
    package let failed: Int
    package let inconclusive: Int
    /// The largest pool that was there; nil where none was.
    package let largestBytes: ByteCount?
    /// The smallest that was not; nil where all were.
    package let smallestRefusedBytes: ByteCount?
    /// What the model calls safe; nil where it says nothing.
    package let safeBytes: ByteCount?

    package init(
      passed: Int, failed: Int, inconclusive: Int, largestBytes: ByteCount?,
      smallestRefusedBytes: ByteCount?, safeBytes: ByteCount?
    ) {
      self.passed = passed
      self.failed = failed
      self.inconclusive = inconclusive
      self.largestBytes = largestBytes
      self.smallestRefusedBytes = smallestRefusedBytes
      self.safeBytes = safeBytes
    }
  }

  /// A cell that came to something else than the last time that it ran.
  package struct Change: Hashable, Sendable, Codable {
    package struct Side: Hashable, Sendable, Codable {
      /// The place of its matrix in ``HistoryDocument/matrices``.
      package let matrix: Int
      package let cell: String
      package let words: String

      package init(matrix: Int, cell: String, words: String) {
        self.matrix = matrix
        self.cell = cell
        self.words = words
      }
    }

    /// The place of its group in ``HistoryDocument/groups``.
    package let group: Int
    package let cmaBytes: ByteCount
    /// `Ceased to fit`, as `compare` calls it.
    package let kind: String
    /// The pool; empty for the run's outcome.
    package let what: String
    package let before: Side
    package let after: Side
    package let difference: String

    package init(
      group: Int, cmaBytes: ByteCount, kind: String, what: String, before: Side, after: Side,
      difference: String
    ) {
      self.group = group
      self.cmaBytes = cmaBytes
      self.kind = kind
      self.what = what
      self.before = before
      self.after = after
      self.difference = difference
    }
  }

  package let schema: String
  package let matrices: [Matrix]
  package let groups: [Group]
  /// By the matrix in which they were seen.
  package let changes: [Change]
  /// What could not be read, a line each.
  package let notes: [String]

  package init(matrices: [Matrix], groups: [Group], changes: [Change], notes: [String]) {
    schema = Self.currentSchema
    self.matrices = matrices
    self.groups = groups
    self.changes = changes
    self.notes = notes
  }
}
