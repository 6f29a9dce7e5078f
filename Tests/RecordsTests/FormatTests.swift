// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

/// What cmalab 0.1.0 wrote, one document a format, is still read, and says the same when it is
/// written again.
@Suite struct FormatTests {
  @Test(arguments: DocumentFormat.allCases)
  func anOldDocumentIsReadAsItWas(format: DocumentFormat) throws {
    let bytes = try Fixture.document(of: format)
    let again: any Encodable =
      switch format {
      case .run: try RunRecord(json: bytes)
      case .report: try decoded(RunsDocument.self, bytes)
      case .history: try decoded(HistoryDocument.self, bytes)
      case .lint: try decoded(LintReport.self, bytes)
      case .lintRules: try decoded(LintRuleList.self, bytes)
      case .suggestion: try decoded(Suggestion.self, bytes)
      case .prediction: try decoded(PredictedGuest.self, bytes)
      case .max: try decoded([MaximumPool].self, bytes)
      case .rules: try decoded(RuleList.self, bytes)
      case .explanation: try decoded(Explanation.self, bytes)
      case .upgrade: try decoded(UpgradedGuest.self, bytes)
      case .matrix: try decoded(MatrixPlan.self, bytes)
      case .merge: try decoded(MergeSummary.self, bytes)
      }
    let told = format == .matrix ? try Self.withBoards(bytes) : bytes
    #expect(try value(told) == value(Array(try JSONText.document(again).utf8)))
  }

  @Test func anOldMatrixIsReadAsItWas() throws {
    let folder = MatrixFolder(Fixture.matrix)
    let plan = try folder.readPlan()
    let read = try folder.readResults(of: plan)
    #expect(read.damages.isEmpty)
    #expect(
      read.results.map(\.id) == ["stock_64M", "stock_3000M", "wide_64M_allocate", "wide_3000M"])
    #expect(read.results.map(\.record.verdict) == [.pass, .fail, .pass, .pass])
    #expect(read.results.map(\.expected) == [true, true, true, true])
  }

  @Test(arguments: DocumentFormat.allCases)
  func itsSchemaTakesIt(format: DocumentFormat) async throws {
    let text = String(decoding: try Fixture.document(of: format), as: UTF8.self)
    try await SchemaValidator.validate(text, as: format.schemaFileName)
    let other = text.replacing(format.identifier, with: "cmalab.\(format.rawValue)/99")
    #expect(other != text)
    await #expect(throws: ToolError.self) {
      try await SchemaValidator.validate(other, as: format.schemaFileName)
    }
  }

  @Test func theSchemaOfALineTakesEach() async throws {
    for line in try Fixture.results.split(separator: "\n") {
      try await SchemaValidator.validate(
        String(line), as: "\(DocumentFormat.matrix.schemaFileName)#/$defs/result")
    }
  }

  @Test func eachFormatHasASchemaAndNoSchemaIsOfNothing() throws {
    let files = try HostFile.names(in: SchemaValidator.schemas)
    #expect(files == DocumentFormat.allCases.map(\.schemaFileName).sorted())
    for format in DocumentFormat.allCases {
      let file = SchemaValidator.schemas.appending(format.schemaFileName)
      #expect(format.schema.utf8.elementsEqual(try HostFile.read(file, limit: 1 << 20)))
    }
  }

  /// A plan that names the board of each cell, as plans do since: were another board the usual one
  /// some day, its cells would not change.
  private static func withBoards(_ plan: [UInt8]) throws -> [UInt8] {
    let text = String(decoding: plan, as: UTF8.self)
    let named = text.replacing(
      #""coordinates":{"#, with: #""coordinates":{"board":["arm64-4g"],"#)
    try #require(named != text && !text.contains("\"board\""))
    return Array(named.utf8)
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }

  private func value(_ bytes: [UInt8]) throws -> NSObject {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSObject)
  }
}
