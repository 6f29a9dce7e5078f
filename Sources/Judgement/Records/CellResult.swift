// SPDX-License-Identifier: Apache-2.0

/// What became of a cell: one line of a matrix's results.
package struct CellResult: Hashable, Sendable, Codable {
  /// The cell's.
  package let id: String
  /// Whether the record is what was expected.
  package let expected: Bool
  /// How often the cell was run: once, or twice where the harness failed the first time.
  package let attempts: Int
  package let record: RunRecord

  package init(of cell: MatrixCell, record: RunRecord, attempts: Int) {
    id = cell.id
    expected = cell.expect.isMet(by: record)
    self.attempts = attempts
    self.record = record
  }
}
