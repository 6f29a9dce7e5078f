// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GuestRequests
import Records
import XMLCoder

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

  /// - Throws: `EncodingError`.
  package var document: String {
    get throws {
      let cases = collection.cells.map { Case($0) } + collection.missing.map { Case($0) }
      let seconds = collection.cells.compactMap { $0.record.timing["total"] }.reduce(0, +)
      let suite = Suite(
        name: collection.name.xml, tests: cases.count, failures: cases.count { $0.failure != nil },
        errors: cases.count { $0.error != nil }, skipped: cases.count { $0.skipped != nil },
        time: seconds.twoDigits, cases: cases)
      let encoder = XMLEncoder()
      encoder.outputFormatting = [.prettyPrinted]
      let data = try encoder.encode(
        Suites(suites: [suite]), withRootKey: "testsuites",
        header: XMLHeader(version: 1.0, encoding: "UTF-8"))
      return String(decoding: data, as: UTF8.self) + "\n"
    }
  }

  private struct Suites: Encodable {
    let suites: [Suite]

    enum CodingKeys: String, CodingKey {
      case suites = "testsuite"
    }
  }

  private struct Suite: Encodable, DynamicNodeEncoding {
    let name: String
    let tests: Int
    let failures: Int
    let errors: Int
    let skipped: Int
    let time: String
    let cases: [Case]

    enum CodingKeys: String, CodingKey {
      case name, tests, failures, errors, skipped, time
      case cases = "testcase"
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
      key.stringValue == "testcase" ? .element : .attribute
    }
  }

  private struct Case: Encodable, DynamicNodeEncoding {
    let name: String
    let classname: String
    let time: String?
    let skipped: Complaint?
    let error: Complaint?
    let failure: Complaint?
    let output: String?

    enum CodingKeys: String, CodingKey {
      case name, classname, time, skipped, error, failure
      case output = "system-out"
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
      ["name", "classname", "time"].contains(key.stringValue) ? .attribute : .element
    }

    init(_ cell: RunCollection.Cell) {
      let record = cell.record
      name = cell.id.xml
      classname = "\(record.request.board).\(record.request.layout)".xml
      time = record.timing["total"]?.twoDigits
      let isGood = cell.isAsExpected
      let type = isGood ? "" : cell.outcome.rawValue
      let message =
        cell.expected == false && cell.outcome == .pass
        ? "passed, which is not what the matrix expects: \(record.reason)" : record.reason
      let text = cell.excerpt.text
      let body = "\(cell.outcome.word): \(record.reason)\n\n\(text)"
      let complaint = Complaint(message: message.xml, type: type, body: body.xml)
      skipped = nil
      error =
        !isGood && (cell.outcome == .panic || cell.outcome == .inconclusive) ? complaint : nil
      failure =
        !isGood && (cell.outcome == .fail || cell.outcome == .pass) ? complaint : nil
      output = text.isEmpty ? nil : "\(cell.outcome.word): \(record.reason)\n\n\(text)".xml
    }

    init(_ missing: RunCollection.MissingCell) {
      name = missing.id.xml
      let place = [missing.request.board, missing.request.layout].compactMap(\.self)
      classname = place.isEmpty ? "matrix" : place.joined(separator: ".").xml
      time = nil
      skipped = Complaint(message: "it has not run", type: nil, body: nil)
      error = nil
      failure = nil
      output = nil
    }
  }

  private struct Complaint: Encodable, DynamicNodeEncoding {
    let message: String
    let type: String?
    /// What a CI server shows of it: the sentence, and the console around it.
    let body: String?

    enum CodingKeys: String, CodingKey {
      case message, type
      case body = ""
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
      key.stringValue.isEmpty ? .element : .attribute
    }
  }
}
