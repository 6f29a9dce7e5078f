// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

@testable import Reports

/// Maps and charts by themselves.
@Suite struct PictureTests {
  private static func guest(of record: RunRecord) throws -> PredictedGuest {
    PredictedGuest(
      schema: PredictedGuest.currentSchema, board: record.request.board,
      layout: record.request.layout, banks: record.request.banks,
      inventedRAM: record.request.inventedRAM, kernel: record.request.kernel,
      commandLine: record.request.commandLine,
      placement: try #require(record.request.placement),
      predicted: try #require(record.predicted))
  }

  /// What 'predict' draws is what stands beside the guest's own in a report.
  @Test func aPredictionIsDrawnTheSameEverywhere() throws {
    for cell in try SampleMatrix.collection.cells {
      let beside = try #require(AddressMap(predictedFor: cell.record))
      let guest = try Self.guest(of: cell.record)
      #expect(AddressMap(guest).areas == beside.areas, "\(cell.id)")
      let drawing = try #require(MapDrawing(guest))
      let labels = beside.areas.flatMap { [$0.label] + $0.segments.map(\.label) }
      #expect(Set(drawing.ranges.map(\.what)) == Set(labels), "\(cell.id)")
      let text = PredictionText(guest).document
      for label in labels { #expect(text.contains(label), "\(cell.id)") }
      #expect(drawing.labels.allSatisfy { !$0.text.hasSuffix("\u{2026}") }, "\(cell.id)")
    }
  }

  /// The page of a prediction begins with what is asked of it.
  @Test func aPredictionsPageBeginsWithItsAnswer() throws {
    let cells = try SampleMatrix.collection.cells
    let good = try #require(cells.first { $0.outcome == .pass })
    let answer = try #require(PredictionPage(try Self.guest(of: good.record)).verdict)
    let base = try #require(good.record.predicted?.pools.first?.base)
    #expect(answer.word == "fits" && answer.reason.contains(" at \(base)"))
    let bad = try #require(cells.first { $0.outcome == .fail })
    #expect(PredictionPage(try Self.guest(of: bad.record)).verdict?.word == "will fail")
  }

  /// What is left is drawn where the model is right, and nowhere else.
  @Test func theLargestHoleIsDrawn() throws {
    for cell in try SampleMatrix.collection.cells {
      let map = AddressMap(observedBy: cell.record)
      let holes = map.areas.flatMap(\.segments).filter { $0.kind == .hole }
      let predicted = try #require(cell.record.predicted)
      let hole = AddressMap.hole(predicted)
      #expect(holes.map(\.range) == [hole].compactMap { $0?.range }, "\(cell.id)")
      guard let hole else { continue }
      let free = predicted.holes.map(\.size).max() ?? .zero
      #expect(hole.range.size <= free, "\(cell.id)")
      let others = map.areas.flatMap(\.segments).filter { $0.kind == .pool }
      #expect(others.allSatisfy { !$0.range.overlaps(hole.range) }, "\(cell.id)")
      #expect(map.text().contains("largest hole"), "\(cell.id)")
      #expect(AddressMap.Style().glyph(of: .hole) != AddressMap.Style().glyph(of: .bank))
    }
  }

  /// A pool that is elsewhere than the model says is named in both places.
  @Test func whatTheModelAloneHasIsNamed() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .pass })
    let pool = try #require(cell.record.predicted?.pools.first)
    #expect(
      try #require(MapDrawing(cell.record)).labels.allSatisfy { !$0.text.contains("predicted") })
    let json = try JSONText.document(cell.record)
    let predicted = try #require(json.firstRange(of: "\"predicted\" : {")).upperBound
    let base = try #require(json[predicted...].firstRange(of: "\"\(pool.base)\""))
    let moved = json[..<base.lowerBound] + "\"0x1c00000\"" + json[base.upperBound...]
    let drawing = try #require(MapDrawing(try RunRecord(json: Data(String(moved).utf8))))
    let labels = drawing.labels.map(\.text)
    #expect(labels.contains { $0.hasPrefix("\(pool.base) CMA") }, "\(labels)")
    #expect(
      labels.contains { $0.hasPrefix("0x1c00000 CMA") && $0.hasSuffix(" predicted") }, "\(labels)")
  }

  @Test func whatBoundsAPoolStandsBelowTheMap() throws {
    let cell = try #require(
      try SampleMatrix.collection.cells.first { $0.record.predicted?.blocker != nil })
    let blocker = try #require(cell.record.predicted?.blocker)
    #expect(
      RunText(cell.record, style: .init()).document
        .contains("\n  a larger one is bounded by: \(blocker)\n"))
  }

  /// Whoever reads SVG reads these, whatever stands in the records.
  @Test func anXMLParserReadsThePictures() async throws {
    let collection = try SampleMatrix.hostileCollection
    var pictures = [try CollectionSVG(collection).document]
    for cell in collection.cells {
      pictures.append(try RunSVG(cell.record).document)
      pictures.append(try PredictionSVG(Self.guest(of: cell.record)).document)
    }
    try await HostFile.withTemporaryFolder { folder in
      var files: [String] = []
      for (number, picture) in pictures.enumerated() {
        #expect(!picture.contains("<script"))
        #expect(!picture.contains("href"))
        let file = folder.appending("\(number).svg")
        try HostFile.write(Array(picture.utf8), to: file)
        files.append(file.string)
      }
      _ = try await ToolCommand(.named("xmllint"), ["--noout"] + files)
        .output(deadline: .seconds(60))
    }
  }

  @Test func aRunsPictureSaysWhatItCameTo() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .fail })
    let picture = try RunSVG(cell.record).document
    #expect(picture.contains("prefers-color-scheme"))
    #expect(picture.contains("FAIL: \(cell.record.reason.prefix { $0 != "'" })"))
    for bank in cell.record.request.banks { #expect(picture.contains("\(bank.start)")) }
  }

  @Test func poolsAreChartedOverRAM() throws {
    let collection = try SampleMatrix.collection
    let charts = ReachChart.all(of: collection)
    #expect(charts.map(\.id) == ["reach-ram"])
    let chart = try #require(charts.first)
    // Two kernels that reach the same are one line.
    let names = chart.labels.map(\.text)
    #expect(names.contains("arm64-4g 5.10, 6.1"))
    #expect(names.contains("arm64-2g 6.1"))
    #expect(chart.series.count == 2)
    // No name is cut at the edge.
    #expect(chart.labels.allSatisfy { $0.x + 6 * $0.text.count <= chart.width })
    // Each has its own mark: at its points, and before its name.
    #expect(chart.series[0].points.contains("a5 5"))
    #expect(chart.series[1].points.contains("h10v10"))
    #expect(try CollectionSVG(collection).document.contains("Largest pool by RAM"))
    #expect(try HTMLReport(collection).document.contains(#"<h2 id="reach-ram">"#))
  }

  /// Eight boards of which seven came to the same: each has a mark that is no other's, at a place of its
  /// own, and what all have in common is not in their names.
  @Test func noBoardHidesAnother() throws {
    let cells = try SampleMatrix.collection.cells
    let cell = try #require(cells.first { $0.record.request.board == "arm64-4g" })
    let small = try #require(cells.first { $0.record.request.board == "arm64-2g" })
    let json = try JSONText.document(cell.record)
    let others = try (1...7).map { number in
      RunCollection.Cell(
        id: "\(number)",
        record: try RunRecord(
          json: Data(json.replacing("arm64-4g", with: "board-\(number)").utf8)),
        expected: nil, attempts: 1, excerpt: .none, folder: nil)
    }
    let alike =
      others
      + cells.filter { $0.id == small.id }.map { small in
        RunCollection.Cell(
          id: small.id,
          record: small.record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
      }
    let chart = try #require(
      ReachChart.all(of: RunCollection(name: "boards", cells: alike)).first)
    #expect(chart.series.count == 8)
    // The path of a mark, at its point and again before its name, is a place and a shape.
    let marks = chart.series.map { $0.points.split(separator: "z").first.map(String.init) ?? "" }
    #expect(Set(marks).count == 8)
    let shapes = chart.series.map { series in
      series.points.replacing(#/M-?[0-9]+ -?[0-9]+/#, with: "M")
    }
    #expect(Set(shapes).count == 8, "\(shapes)")
  }

  @Test func runsOfOneAmountOfRAMHaveNoChart() throws {
    let cells = try SampleMatrix.collection.cells.filter { $0.record.request.board == "arm64-4g" }
    let collection = RunCollection(name: "one board", cells: cells)
    #expect(ReachChart.all(of: collection).isEmpty)
    let odd = try #require(cells.first { !$0.isAsExpected } ?? cells.first)
    #expect(
      try CollectionSVG(collection).document == RunSVG(odd.record).document)
  }

  /// The same 4 GiB, once less a MiB, are not two amounts of RAM.
  @Test func otherSplitsOfOneRAMHaveNoChart() throws {
    let cell = try #require(
      try SampleMatrix.collection.cells.first { $0.record.request.board == "arm64-4g" })
    let json = try JSONText.document(cell.record)
    func runs(ending end: String) throws -> RunCollection {
      let request = try #require(json.firstRange(of: "\"request\" : {")).upperBound
      let banks = try #require(json[request...].firstRange(of: "\"banks\" : [")).upperBound
      let last = try #require(json[banks...].firstRange(of: "0x87fffffff"))
      let record = try RunRecord(
        json: Array((json[..<last.lowerBound] + end + json[last.upperBound...]).utf8))
      let split = RunCollection.Cell(
        id: "split", record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
      return RunCollection(name: "splits", cells: [cell, split])
    }
    #expect(try ReachChart.all(of: runs(ending: "0x87fefffff")).isEmpty)
    #expect(try ReachChart.all(of: runs(ending: "0x8bfffffff")).count == 1)
  }

  @Test func nothingAtAllIsSaid() throws {
    let picture = try CollectionSVG(RunCollection(name: "empty", cells: [])).document
    #expect(picture.contains("Nothing has run."))
  }
}
