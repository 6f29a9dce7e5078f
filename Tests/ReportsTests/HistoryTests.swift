// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Records
import Testing

@testable import Reports

/// Many matrices side by side.
@Suite struct HistoryTests {
  /// The sample, and the sample with its first board's run of 2030M on 5.10 failed.
  private static func collections() throws -> (good: RunCollection, bad: RunCollection) {
    let lines = try SampleMatrix.results.split(separator: "\n").map(String.init)
    let line = lines[1].replacing(
      #""verdict":"pass","winner""#, with: #""verdict":"fail","winner""#)
    let start = try #require(line.firstRange(of: #""id":"cma.total""#))
    let tail = line[start.upperBound...]
    let verdict = try #require(tail.firstRange(of: #""verdict":"pass""#))
    let failing =
      line[..<verdict.lowerBound] + #""verdict":"fail""# + line[verdict.upperBound...]
    let results = ([lines[0], String(failing)] + lines[2...]).map { $0 + "\n" }.joined()
    return (try SampleMatrix.collection, try SampleMatrix.collection(results: results))
  }

  private static func history() throws -> History {
    let (good, bad) = try collections()
    return History([("monday", good), ("tuesday", bad), ("friday", good)])
  }

  @Test func aRowIsCellsThatDifferInSizeAlone() throws {
    let history = try Self.history()
    // The runs that test something are other rows.
    #expect(
      history.groups.map(\.name) == [
        "arm64-4g stock, 5.10, latency", "arm64-4g stock, 5.10", "arm64-4g stock, 6.1, latency",
        "arm64-4g stock, 6.1", "arm64-2g single, 6.1",
      ])
    let row = history.groups[1]
    #expect(row.results.map { $0?.words } == ["2030M, 1 of 2", "none, 0 of 2", "2030M, 1 of 2"])
    // Nothing fitted each time.
    #expect(row.smallest == .zero && history.groups[0].smallest == .mebibytes(1000))
  }

  @Test func aChangeLiesBetweenTwoMatrices() throws {
    let history = try Self.history()
    #expect(history.changes.map(\.change.kind) == [.ceasedToFit, .beganToFit])
    #expect(history.changes.map(\.columns.before) == [0, 1])
    #expect(history.changes.map(\.columns.after) == [1, 2])
    #expect(history.changes.allSatisfy { $0.group == 1 && $0.size == .mebibytes(2030) })
    #expect(history.sentence == "3 matrices, 5 rows: 2 changes.")
  }

  /// A cell that a matrix does not have is compared with the last one that has it.
  @Test func aMatrixWithoutTheCellIsPassedOver() throws {
    let (good, bad) = try Self.collections()
    let empty = RunCollection(name: "nothing", cells: [])
    let history = History([("a", good), ("b", empty), ("c", bad)])
    #expect(history.changes.map(\.columns.before) == [0])
    #expect(history.changes.map(\.columns.after) == [2])
    #expect(history.groups.first?.results[1] == nil)
  }

  @Test func matricesOfOneKernelEachAreComparedAcrossKernels() throws {
    let sample = try SampleMatrix.collection
    func on(_ kernel: String) -> RunCollection {
      RunCollection(
        name: "edges", cells: sample.cells.filter { $0.record.request.kernel == kernel })
    }
    let history = History([("5.10", on("5.10")), ("6.1", on("6.1"))])
    #expect(
      history.groups.map(\.name) == [
        "arm64-4g stock, latency", "arm64-4g stock", "arm64-2g single",
      ])
    #expect(history.groups.last?.results.map { $0 == nil } == [true, false])
  }

  @Test func thePageLinksBothRunsOfAChange() throws {
    let html = try HistoryHTML(Self.history()).document
    for link in ["#change0", "#change1", "#c0", "#c1", "#c2", "#c3"] {
      #expect(html.contains("href=\"\(link)\""), "\(link)")
      #expect(html.contains("id=\"\(link.dropFirst())\""), "\(link)")
    }
    #expect(html.contains("tuesday: arm64-4g stock, cma=2030M, 5.10"))
    #expect(!html.contains("<script"))
  }

  /// A narrow screen shows no head of the table: each figure says what column it is of.
  @Test func eachFigureHasItsColumnsName() throws {
    let (good, bad) = try Self.collections()
    let html = try HistoryHTML(History([("\"monday\" & on", good), ("tuesday", bad)])).document
    let table = try #require(html.split(separator: "<table class=\"plain change history\">").last)
    let rows = table.prefix(upTo: try #require(table.firstRange(of: "</table>")).lowerBound)
      .split(separator: "<tr>").filter { $0.contains("<td") }
    #expect(rows.count == 5)
    for row in rows {
      #expect(
        row.matches(of: /<td(?: data-label="([^"]*)")?/).map { $0.output.1.map(String.init) }
          == ["&quot;monday&quot; &amp; on", "tuesday", "Smallest ever"])
    }
  }

  /// What a board and its layout always have, such as their CPUs, tells no row from another.
  @Test func aRowsNameHasWhatVariesInItsLayoutAlone() throws {
    let sample = try SampleMatrix.collection
    let otherBoard = try SampleMatrix.collection(
      results: SampleMatrix.results.split(separator: "\n").map { line in
        line.contains("arm64-2g")
          ? line.replacing(#""cpus":1"#, with: #""cpus":4"#) + "\n" : line + "\n"
      }.joined())
    #expect(otherBoard.cells.contains { $0.record.request.cpus == 4 })
    #expect(
      History([("a", otherBoard)]).groups.map(\.name) == History([("a", sample)]).groups.map(\.name)
    )
    // Here they do.
    #expect(
      History([("a", sample), ("b", otherBoard)]).groups.map(\.name).suffix(2)
        == ["arm64-2g single, 6.1, 1 CPU", "arm64-2g single, 6.1, 4 CPUs"])
  }

  @Test func theHeadingOfManyMatricesIsShort() throws {
    let good = try Self.collections().good
    func heading(_ count: Int) -> String? {
      let history = History((1...count).map { ("day-\($0)", good) })
      return HistoryMarkdown(history).document.split(separator: "\n").first.map(String.init)
    }
    #expect(heading(2) == "## day-1 \u{2192} day-2")
    #expect(heading(12) == "## day-1 \u{2192} \u{2026} \u{2192} day-12")
  }

  @Test func textAndMarkdownTellTheSame() throws {
    let history = try Self.history()
    let text = HistoryText(history).document
    #expect(text.contains("none, 0 of 2 *"))
    #expect(
      text.contains(
        "Ceased to fit: arm64-4g stock, 5.10, cma=2030M: passed in monday, failed in tuesday"))
    let markdown = HistoryMarkdown(history).document
    #expect(markdown.contains("| **none, 0 of 2** | **2030M, 1 of 2** | none |"))
    #expect(markdown.contains("passed in monday, failed in tuesday"))
  }

  @Test(arguments: History.formats.map(\.name))
  func nothingAGuestOrAFolderSaysIsMarkup(name: String) throws {
    let hostile = try SampleMatrix.hostileCollection
    let history = History([
      ("a|b<script>", hostile), ("c\u{1b}[31m\u{202e}", try SampleMatrix.collection),
    ])
    let format = try #require(History.formats.first { $0.name == name })
    let document = try format.document(of: history, style: .init())
    #expect(document.hasSuffix("\n"))
    #expect(!document.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\0" })
    guard name != "json" else { return }
    #expect(name == "text" || !document.contains("<script"))
    #expect(!document.unicodeScalars.contains("\u{202e}"))
  }
}
