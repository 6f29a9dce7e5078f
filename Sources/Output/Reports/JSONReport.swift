// SPDX-License-Identifier: Apache-2.0

import Records

/// All records in one document, `cmalab.report/1`.
package struct JSONReport: Sendable {
  private let collection: RunCollection

  package init(_ collection: RunCollection) {
    self.collection = collection
  }

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws {
      try JSONText.document(
        RunsDocument(
          name: collection.name,
          runs: collection.cells.map {
            .init(id: $0.id, expected: $0.expected, attempts: $0.attempts, record: $0.record)
          },
          missing: collection.missing.map(\.id), notes: collection.notes))
    }
  }
}
