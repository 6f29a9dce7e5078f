// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Records

/// All records in one document, `cmalab.report/1`.
package struct JSONReport: Sendable {
  package static let currentSchema = "cmalab.report/1"

  private let collection: RunCollection

  package init(_ collection: RunCollection) {
    self.collection = collection
  }

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let document = Document(
        schema: Self.currentSchema, name: collection.name,
        runs: collection.cells.map {
          Run(id: $0.id, expected: $0.expected, attempts: $0.attempts, record: $0.record)
        },
        missing: collection.missing.map(\.id), notes: collection.notes)
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
  }

  private struct Document: Encodable {
    let schema: String
    let name: String
    let runs: [Run]
    let missing: [String]
    let notes: [String]
  }

  private struct Run: Encodable {
    let id: String
    let expected: Bool?
    let attempts: Int
    let record: RunRecord
  }
}
