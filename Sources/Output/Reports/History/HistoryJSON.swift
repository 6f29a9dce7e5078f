// SPDX-License-Identifier: Apache-2.0

import Records

/// A history as one document, `cmalab.history/1`.
package struct HistoryJSON: Report {
  package static let name = JSONReport<HistoryDocument>.name
  package static let purpose = JSONReport<HistoryDocument>.purpose

  private let history: History

  package init(_ history: History, style: AddressMap.Style) {
    self.history = history
  }

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws {
      try JSONText.document(
        HistoryDocument(
          matrices: history.columns.map { column in
            .init(
              name: column.name, provenance: column.collection.provenance,
              runs: column.collection.cells.count,
              unexpected: column.collection.unexpected.count,
              missing: column.collection.missing.count)
          },
          groups: history.groups.map {
            .init(name: $0.name, results: $0.results, smallestBytes: $0.smallest)
          },
          changes: history.changes.map { change in
            .init(
              group: change.group, cmaBytes: change.size, kind: change.change.kind.rawValue,
              what: change.change.what,
              before: .init(
                matrix: change.columns.before, cell: change.change.cells.old.id,
                words: change.change.before),
              after: .init(
                matrix: change.columns.after, cell: change.change.cells.new.id,
                words: change.change.after),
              difference: change.change.difference)
          }, notes: history.notes))
    }
  }
}
