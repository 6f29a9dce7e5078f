// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Reports

@Suite struct DocumentTests {
  @Test func nothingAGuestPrintsBecomesMarkup() throws {
    let html = try HTMLReport(SampleMatrix.hostileCollection).document
    #expect(!html.contains("<script"))
    #expect(!html.contains("<img"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;\u{241b}[31m&lt;U+202E&gt;"))
    #expect(!html.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" || $0 == "\0" })

    let markdown = MarkdownReport(try SampleMatrix.hostileCollection).document
    #expect(!markdown.contains("<img"))
    let prose = markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(!prose.contains { $0.contains("<script") })
    let row = MarkdownReport(
      try SampleMatrix.collection(
        results: SampleMatrix.results.replacing("deadlocked", with: SampleMatrix.hostile))
    ).document.split(separator: "\n").first { $0.contains("crashed |") }
    // Four bars make the three cells; the guest's own is escaped.
    #expect(row?.replacing("\\|", with: "").count { $0 == "|" } == 4)
  }

  @Test func aCombiningMarkHidesNoMarkup() {
    #expect(HTMLEscaping().escapeText("<\u{301}'\u{301}") == "&lt;\u{301}&#39;\u{301}")
    #expect(XMLEscaping().escapeText("&\u{301}\"\u{301}") == "&amp;\u{301}&quot;\u{301}")
    #expect(MarkdownEscaping.line("|\u{301}<\u{301}") == "\\|\u{301}&lt;\u{301}")
  }

  @Test func aPolicyAllowsItsOwnStyleAndNothingElse() throws {
    let html = try HTMLReport(SampleMatrix.collection).document
    #expect(
      html.contains(
        "content=\"default-src 'none'; style-src 'sha256-\(Templates.styleHash)'; base-uri 'none'; "
          + "form-action 'none'\""))
    #expect(html.contains("<style>\(Templates.style)</style>"))
    #expect(!html.contains(" style=\""))
    #expect(!html.contains("http://") && !html.contains("https://"))
  }

  @Test func aLargeMatrixStaysSmall() throws {
    let sample = try SampleMatrix.collection
    let cells = (0..<960).map { number in
      let cell = sample.cells[number % sample.cells.count]
      return RunCollection.Cell(
        id: "\(cell.id)-\(number)", record: cell.record, expected: true, attempts: 1,
        excerpt: number < 8 ? cell.excerpt : .none, folder: nil)
    }
    let html = try HTMLReport(RunCollection(name: "large", cells: cells)).document
    #expect(html.utf8.count < 5_300_000)
  }

  /// Of many runs, some have pages, and of many that went wrong, some their consoles: a browser opens no
  /// more at once.
  @Test func pagesAndConsolesAreCounted() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .pass })
    let cells = (0..<1700).map { number in
      RunCollection.Cell(
        id: "\(number)", record: cell.record, expected: false, attempts: 1,
        excerpt: ConsoleExcerpt(cell.record), folder: nil)
    }
    let page = HTMLReport(RunCollection(name: "very-large", cells: cells)).page
    #expect(page.cells.count == 1000)
    #expect(page.cells.count { $0.console != nil } == 150)
  }

  @Test func aLargeMapIsATableForEachGroup() throws {
    let sample = try SampleMatrix.collection
    func tables(_ count: Int) -> [HTMLPage.HeatTable] {
      let cells = (0..<count).map { sample.cells[$0 % sample.cells.count] }
      return HTMLReport(RunCollection(name: "large", cells: cells)).page.overview?.tables ?? []
    }
    #expect(tables(90).map(\.isLater) == [false])
    let many = tables(5001)
    #expect(many.map(\.name) == ["arm64-4g stock", "arm64-2g single"])
    #expect(many.allSatisfy { $0.isLater && $0.groups.count == 1 })
  }

  @Test func textShowsTheEdges() throws {
    let text = TextReport(try SampleMatrix.collection, style: .init()).document
    #expect(text.contains("arm64-2g single 6.1    +     !     x"))
    #expect(text.hasSuffix("8 of 9 runs are as expected; 1 is not, and 1 has not run.\n"))
  }
}
