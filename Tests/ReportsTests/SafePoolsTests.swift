// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Records
import Testing

@testable import Reports

/// The table of RAM sizes that a team pastes.
@Suite struct SafePoolsTests {
  /// The sample's board of 2 GiB, and the same with 1 GiB, of which the model says that 700 MiB are safe.
  private static var collection: RunCollection {
    get throws {
      let cells = try SampleMatrix.collection.cells.filter { $0.record.request.board == "arm64-2g" }
      func with(safe mebibytes: UInt64, last: String) throws -> [RunCollection.Cell] {
        try cells.map { cell in
          let json = try JSONText.document(cell.record)
          let other = json.replacing(#/"banks" : \[\s*\{\s*"end" : "0x7fffffff"/#) { _ in
            "\"banks\" : [{ \"end\" : \"\(last)\""
          }.replacing(#/"predicted" : \{/#) { _ in
            "\"predicted\" : { \"safeBytes\" : \(mebibytes << 20),"
          }
          return RunCollection.Cell(
            id: "\(last) \(cell.id)", record: try RunRecord(json: Data(other.utf8)), expected: nil,
            attempts: 1, excerpt: .none, folder: nil)
        }
      }
      let wholes = try with(safe: 1400, last: "0x7fffffff")
      let halves = try with(safe: 700, last: "0x3fffffff")
      return RunCollection(name: "ram", cells: wholes + halves)
    }
  }

  @Test func eachAmountOfRAMHasItsRow() throws {
    let safe = SafePools(try Self.collection)
    #expect(safe.pools.map(\.ramBytes) == [.gibibytes(1), .gibibytes(2)])
    #expect(safe.pools.map(\.bootLoaderLine).first == "cma=700M")
    #expect(safe.columns.map(\.title).contains("kernel") == false)
    #expect(safe.rows.first?.prefix(3) == ["arm64-2g single", "1G", "700M"])
  }

  @Test func everyFormatThatPeopleReadHasIt() throws {
    let collection = try Self.collection
    let text = TextReport(collection).document
    #expect(text.contains("Largest safe pool by RAM\n"))
    #expect(text.contains("cma=700M"))
    #expect(MarkdownReport(collection).document.contains("| arm64-2g single | 1G | 700M |"))
    let html = try HTMLReport(collection).document
    #expect(html.contains("<td>arm64-2g single</td><td>1G</td><td>700M</td>"))
    let json = try CollectionJSON(collection, style: .init()).document
    #expect(json.contains("\"bootLoaderLine\" : \"cma=700M\""))
  }

  /// Two layouts of one board with nearly as much RAM are two splits of it.
  @Test func oneAmountOfRAMIsNoTable() throws {
    let collection = try SampleMatrix.collection
    #expect(SafePools(collection).isEmpty)
    #expect(!TextReport(collection).document.contains("Largest safe pool by RAM"))
    #expect(try !HTMLReport(collection).document.contains("Largest safe pool by RAM"))
  }
}
