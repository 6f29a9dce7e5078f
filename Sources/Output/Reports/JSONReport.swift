// SPDX-License-Identifier: Apache-2.0

import Records

/// A value as its format has it (``DocumentFormat``), and nothing else.
package struct JSONReport<Subject: Encodable & Sendable>: Report {
  package static var name: String { "json" }
  package static var purpose: String { "for scripts, as 'cmalab schema' describes it" }

  private let subject: Subject

  package init(_ subject: Subject, style: AddressMap.Style) {
    self.subject = subject
  }

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws { try JSONText.document(subject) }
  }
}

/// A record as its run's folder has it, with its digest.
struct RecordJSON: Report {
  static let name = JSONReport<RunRecord>.name
  static let purpose = JSONReport<RunRecord>.purpose

  private let record: RunRecord

  init(_ record: RunRecord, style: AddressMap.Style) {
    self.record = record
  }

  /// - Throws: `EncodingError`.
  var document: String {
    get throws { try record.json() }
  }
}

/// All records of a collection in one document, `cmalab.report/1`.
package struct CollectionJSON: Report {
  package static let name = JSONReport<RunsDocument>.name
  package static let purpose = JSONReport<RunsDocument>.purpose

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
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
          missing: collection.missing.map(\.id), notes: collection.notes,
          safePools: SafePools(collection).pools))
    }
  }
}
