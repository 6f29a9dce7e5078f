// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostFiles
import HostProcesses
import Records
import SystemPackage
import Testing

@testable import Reports

/// What people come to a page for, found in a browser with at most two clicks, on a wide screen and on a
/// narrow one, in both themes. The pictures are attached to the test's results.
@Suite struct WalkTests {
  private struct Way: Encodable {
    let name: String
    let page: String
    let clicks: [String]
    let sought: String
  }

  /// What walk.py prints, once for each theme and width.
  private struct Seen: Decodable {
    struct End: Decodable {
      let text: String
      let cut: Bool
      let selected: String
    }
    let way: String
    let theme: String
    let width: Int
    let end: End?
    let contrast: Double
    let picture: String
  }

  @Test func whyACellFailedWhatChangedAndWhatGoesIntoTheTicket() async throws {
    let collection = try SampleMatrix.collection
    let number = try #require(collection.cells.firstIndex { $0.outcome == .fail })
    let cell = collection.cells[number]
    // Last week a pool of another layout lay elsewhere.
    let lastWeek = try SampleMatrix.collection(
      results: SampleMatrix.results.replacing(#""0xc00000""#, with: #""0x1c00000""#))
    let comparison = Comparison(lastWeek, collection)
    let changed = try #require(comparison.changes.first)

    try await HostFile.withTemporaryFolder { folder in
      let (report, compared) = (folder.appending("report.html"), folder.appending("compare.html"))
      try HostFile.write(Array(HTMLReport(collection).document.utf8), to: report)
      try HostFile.write(Array(ComparisonHTML(comparison).document.utf8), to: compared)
      let square = ".heat td a[href='#c\(number)']"
      let seen = try await walk(
        [
          Way(name: "cause", page: report.string, clicks: [square], sought: "#c\(number) .verdict"),
          Way(name: "change", page: compared.string, clicks: [], sought: ".change tbody tr"),
          Way(
            name: "ticket", page: report.string, clicks: [square, "#c\(number) .ticket"],
            sought: "#c\(number) .ticket"),
        ], pictures: folder)
      #expect(seen.count == 12)
      for seen in seen {
        let place = "\(seen.way), \(seen.theme), \(seen.width)"
        Attachment.record(
          try HostFile.read(folder.appending(seen.picture), limit: 16 << 20), named: seen.picture)
        let end = try #require(seen.end, "\(place): nobody sees it")
        #expect(!end.cut, "\(place): it is cut")
        #expect(seen.contrast >= 4.5, "\(place)")
        switch seen.way {
        case "cause":
          #expect(end.text.contains(cell.record.reason), "\(place): \(end.text)")
        case "change":
          #expect(end.text.contains(changed.name), "\(place): \(end.text)")
          #expect(end.text.contains(changed.difference), "\(place): \(end.text)")
        default:
          let markdown = Ticket(cell).markdown
          #expect(markdown.contains(cell.record.reason.markdown))
          #expect(end.selected.words == markdown.words, "\(place): \(end.selected)")
        }
      }
    }
  }

  private func walk(_ ways: [Way], pictures: FilePath) async throws -> [Seen] {
    let script = SampleMatrix.tests.pushing("Conformance/walk.py")
    let list = String(decoding: try JSONEncoder().encode(ways), as: UTF8.self)
    let output = try await ToolCommand(
      .path("/usr/bin/python3"), [script.string, pictures.string, list],
      // The script's own folder stays as it is.
      environment: ["PYTHONDONTWRITEBYTECODE": "1"]
    ).output(deadline: .seconds(180))
    return try JSONDecoder().decode([Seen].self, from: Data(output))
  }
}

extension String {
  fileprivate var words: [Substring] { split(whereSeparator: \.isWhitespace) }
}
