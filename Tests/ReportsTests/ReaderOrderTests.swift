// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GuestRequests
import Records
import Testing

@testable import Reports

/// What a reader meets first, and how often one thing is told.
@Suite struct ReaderOrderTests {
  /// The runs of the sample, of which no matrix says what is expected, so many times over.
  private func runs(times: Int) throws -> RunCollection {
    let cells = try SampleMatrix.collection.cells
    return RunCollection(
      name: "runs",
      cells: (0..<times).flatMap { number in
        cells.map { cell in
          RunCollection.Cell(
            id: "\(cell.id)-\(number)", record: cell.record, expected: nil, attempts: 1,
            excerpt: cell.excerpt, folder: nil)
        }
      })
  }

  @Test func runsWithOneCauseAreOneRow() throws {
    let collection = try runs(times: 6)
    let groups = collection.failureGroups
    #expect(groups.map(\.members.count) == [12, 6, 6])
    #expect(groups[0].name == "arm64-4g stock, cma=2046M, on 5.10, 6.1: 12 runs")
    let reason = groups[0].reason
    let text = TextReport(collection).document
    #expect(text.ranges(of: reason).count == 1)
    let markdown = MarkdownReport(collection).document
    #expect(markdown.ranges(of: "| \(reason.markdown) |").count == 1)
    let html = try HTMLReport(collection).document
    let list = try #require(html.firstRange(of: "<ul class=\"odd\">"))
    let end = try #require(html[list.upperBound...].firstRange(of: "</ul>"))
    let rows = html[list.upperBound..<end.lowerBound]
    #expect(rows.ranges(of: "<li ").count == 3)
    #expect(rows.ranges(of: "<a href").count == 24)
  }

  /// How much of a cause there is room for is not another cause.
  @Test func aCauseToldShorterIsTheSameCause() throws {
    let hole =
      "cma: Failed to reserve 1000 MiB: largest hole 940 MiB, from device tree to the DMA limit"
    let shorter =
      "cma: Failed to reserve 1000 MiB on node -1: largest hole 940 MiB below the DMA limit"
    let other =
      "cma: Failed to reserve 1000 MiB: largest hole 940 MiB, from device tree to bank 0's end"
    let sample = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .fail })
    let json = try JSONText.document(sample.record)
    let old = "\"reason\" : \"\(sample.record.reason)\""
    try #require(json.contains(old))
    let cells = try [hole, shorter, other].map { reason in
      RunCollection.Cell(
        id: reason,
        record: try RunRecord(
          json: Data(json.replacing(old, with: "\"reason\" : \"\(reason)\"").utf8)),
        expected: nil, attempts: 1, excerpt: .none, folder: nil)
    }
    let groups = RunCollection(name: "holes", cells: cells).failureGroups
    #expect(groups.map(\.members.count) == [2, 1])
  }

  @Test func theMapComesFirst() throws {
    let collection = try runs(times: 1)
    func isOrdered(_ document: String, _ words: [String]) throws -> Bool {
      let places = try words.map { try #require(document.firstRange(of: $0)).lowerBound }
      return places == places.sorted()
    }
    #expect(
      try isOrdered(HTMLReport(collection).document, ["id=\"heat\"", "id=\"unexpected\""]))
    #expect(
      try isOrdered(
        MarkdownReport(collection).document, ["What fits", "| Runs |", "<details>"]))
    #expect(
      try isOrdered(TextReport(collection).document, ["largest ok", "arm64-2g single", "failed:"]))
  }

  /// Of a row in which all fits as well.
  @Test func whatMaxSaysStandsInEachRow() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .pass })
    let json = try JSONText.document(cell.record).replacing(
      "\"predicted\" : {", with: "\"predicted\" : { \"safeBytes\" : 1224736768,")
    let record = try RunRecord(json: Data(json.utf8))
    let collection = RunCollection(
      name: "one",
      cells: [
        .init(id: "one", record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil),
        .init(id: "two", record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil),
      ])
    for format in RunCollection.formats where ["text", "html"].contains(format.name) {
      #expect(
        try format.document(of: collection, style: .init()).contains("1168M"), "\(format.name)")
    }
  }

  @Test func markdownIsShortEnoughForAComment() throws {
    let sample = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .panic })
    let json = try JSONText.document(sample.record)
    let cells = try (0..<300).map { number in
      let other = json.replacing("arm64-2g", with: "board-\(number)")
      return RunCollection.Cell(
        id: "cell-\(number)", record: try RunRecord(json: Data(other.utf8)), expected: false,
        attempts: 1, excerpt: sample.excerpt, folder: nil)
    }
    let missing = (0..<2000).map {
      RunCollection.MissingCell(id: "a-cell-that-has-not-run-\($0)", request: GuestRequest())
    }
    let text = MarkdownReport(
      RunCollection(name: "large", cells: cells, missing: missing)
    ).document
    #expect(text.utf8.count < 60_000)
    #expect(text.contains("\n… and 240 more.\n"))
    #expect(text.contains("Kernel panic - not syncing: System is deadlocked on memory"))
  }

  @Test func whenAndWhereIsOnTop() throws {
    let json = try JSONText.document(#require(try SampleMatrix.collection.cells.first).record)
    let made =
      #"{"cmalab": "0.1.0", "date": "2026-11-28T20:15:38Z", "emulator": "7.2.22", "host": "<b>"}"#
    let record = try RunRecord(
      json: Data(
        json.replacing("{\n  \"artifacts\"", with: "{ \"made\": \(made), \"artifacts\"").utf8))
    #expect(record.made?.host == "<b>")
    let cell = RunCollection.Cell(
      id: "one", record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
    let collection = RunCollection(name: "runs", cells: [cell, cell])
    let release = try #require(record.observed.kernelRelease)
    #expect(
      TextReport(collection).document.contains(
        "2026-11-28, <b>, cmalab 0.1.0, QEMU 7.2.22, Linux \(release)\n"))
    #expect(try HTMLReport(collection).document.contains("<span>&lt;b&gt;</span>"))
    #expect(MarkdownReport(collection).document.contains("2026-11-28 · &lt;b&gt; · cmalab 0.1.0"))
  }

  /// That of a run whose kernel had to be built first is told apart.
  @Test func theVerdictsTimeIsTheBoots() throws {
    let json = try JSONText.document(#require(try SampleMatrix.collection.cells.first).record)
    func verdict(_ timing: String) throws -> String {
      let other = json.replacing(
        "\"timing\" : {", with: "\"timing\" : {\(timing)}, \"before\" : {")
      #expect(other != json)
      let record = try RunRecord(json: Data(other.utf8))
      return String(RunText(record, style: .init()).document.split(separator: "\n").last ?? "")
    }
    #expect(try verdict(#""prepare": 0.25, "total": 1.5"#).hasSuffix(" (1.50 s)"))
    #expect(
      try verdict(#""prepare": 300, "total": 301.5"#)
        .hasSuffix(" (1.50 s, after 300.00 s of preparation)"))
  }

  @Test func nothingIsCutWhereAProgramReads() throws {
    let record = try #require(try SampleMatrix.collection.cells.first).record
    func document(_ isCut: Bool) -> String {
      RunText(record, style: .init(width: 60, isCut: isCut)).document
    }
    #expect(document(true).split(separator: "\n")[0].hasSuffix("~"))
    #expect(document(false).split(separator: "\n")[0].hasSuffix("4k pages, 1 CPU"))
  }

  /// Two runs of different boards have nothing to compare.
  @Test func runsOfDifferentLayoutsAreAlone() throws {
    let cells = try SampleMatrix.collection.cells
    func single(_ board: String) throws -> RunCollection {
      let cell = try #require(cells.first { $0.record.request.board == board })
      return RunCollection(name: board, isSingleRun: true, cells: [cell])
    }
    let comparison = Comparison(try single("arm64-4g"), try single("arm64-2g"))
    #expect(comparison.pairs == 0 && comparison.changes.isEmpty)
    #expect(comparison.alone.count == 2)
  }

  /// The cause of a failure is the same sentence wherever it is read.
  @Test func everyFormatHasTheSameCause() throws {
    let cause =
      "cma: Failed to reserve 1000 MiB: largest hole 940 MiB, from device tree to the end "
      + "of bank 0; next: --cma 876M (safe, by max) or cmalab suggest"
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .fail })
    let json = try JSONText.document(cell.record)
    let record = try RunRecord(json: Data(json.replacing(cell.record.reason, with: cause).utf8))
    #expect(record.reason == cause)
    let collection = RunCollection(
      name: "runs",
      cells: [
        .init(id: "one", record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
      ])
    for format in RunCollection.formats where format.name != "json" {
      let document = try format.document(of: collection, style: .init())
      #expect(document.contains(cause), "\(format.name)")
    }
  }
}
