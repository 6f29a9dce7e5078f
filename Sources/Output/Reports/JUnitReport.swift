// SPDX-License-Identifier: Apache-2.0

import CTemplates
import GuestRequests
import Mustache
import Records

/// Runs as a JUnit file, one test case a run, as CI servers read it
/// (https://github.com/testmoapp/junitxml; Jenkins' junit-10.xsd).
///
/// A run that is as the matrix expects is a success, whatever its verdict. Of the others, a verdict
/// of fail is a failure; a guest that died and a run that proves nothing are errors.
package struct JUnitReport: Report {
  package static let name = "junit"
  package static let purpose = "for a CI server, a test case per run"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
  }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      let cases = collection.cells.map { Case($0) } + collection.missing.map { Case($0) }
      let seconds = collection.cells.compactMap { $0.record.timing["total"] }.reduce(0, +)
      let suite = Suite(
        name: collection.name, tests: cases.count, failures: cases.count { $0.failure != nil },
        errors: cases.count { $0.error != nil }, skipped: cases.count { $0.skipped != nil },
        time: seconds.twoDigits, cases: cases)
      MustacheContentTypes.register(XMLEscaping(), named: XMLEscaping.name)
      let template = try MustacheTemplate(
        string: "{{% CONTENT_TYPE: \(XMLEscaping.name)}}"
          + String(cString: cmalab_templates().junit))
      return template.render(suite)
    }
  }

  private struct Suite: TemplateScope {
    let name: String
    let tests: Int
    let failures: Int
    let errors: Int
    let skipped: Int
    let time: String
    let cases: [Case]
  }

  private struct Case: TemplateScope {
    let name: String
    let classname: String
    let time: String?
    let skipped: Complaint?
    let error: Complaint?
    let failure: Complaint?
    let output: String?

    init(_ cell: RunCollection.Cell) {
      let record = cell.record
      name = cell.id
      classname = "\(record.request.board).\(record.request.layout)"
      time = record.timing["total"]?.twoDigits
      let isGood = cell.isAsExpected
      let type = isGood ? "" : cell.outcome.rawValue
      let message =
        cell.expected == false && cell.outcome == .pass
        ? "passed, which is not what the matrix expects: \(record.reason)" : record.reason
      let text = cell.excerpt.text
      let body = "\(cell.outcome.word): \(record.reason)\n\n\(text)"
      let complaint = Complaint(message: message, type: type, body: body)
      skipped = nil
      error =
        !isGood && (cell.outcome == .panic || cell.outcome == .inconclusive) ? complaint : nil
      failure =
        !isGood && (cell.outcome == .fail || cell.outcome == .pass) ? complaint : nil
      output = text.isEmpty ? nil : "\(cell.outcome.word): \(record.reason)\n\n\(text)"
    }

    init(_ missing: RunCollection.MissingCell) {
      name = missing.id
      let place = [missing.request.board, missing.request.layout].compactMap(\.self)
      classname = place.isEmpty ? "matrix" : place.joined(separator: ".")
      time = nil
      skipped = Complaint(message: "it has not run", type: nil, body: nil)
      error = nil
      failure = nil
      output = nil
    }
  }

  private struct Complaint: TemplateScope {
    let message: String
    let type: String?
    /// What a CI server shows of it: the sentence, and the console around it.
    let body: String?
  }
}
