// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import Records
import SystemPackage
import Testing

@testable import Reports

@Suite struct RunCollectionTests {
  @Test func aMatrixComesInItsOrderWithWhatIsMissing() throws {
    let collection = try SampleMatrix.collection
    #expect(collection.name == "edges")
    #expect(collection.cells.count == 9)
    #expect(collection.cells.first?.id == "arm64-4g-stock-1000M-5_10")
    #expect(collection.missing.map(\.id) == ["arm64-2g-single-2000M-7_2"])
    #expect(collection.notes.isEmpty)
    #expect(collection.unexpected.map(\.outcome) == [.panic])
    #expect(
      collection.sentence == "8 of 9 runs are as expected; 1 is not, and 1 has not run.")
  }

  @Test func ofAKilledWritersLastLineNothingIsBelieved() throws {
    let results = try SampleMatrix.results
    for cut in [1, 100, 2000] {
      let torn = String(decoding: Array(results.utf8.dropLast(cut)), as: UTF8.self)
      let collection = try SampleMatrix.collection(results: torn)
      #expect(collection.cells.count == 8)
      #expect(collection.notes.count == 1)
      #expect(collection.missing.count == 2)
    }
    let garbage = try SampleMatrix.collection(results: results + "\u{0}\n{}\n[1\n")
    #expect(garbage.cells.count == 9)
    #expect(garbage.notes.count == 3)
  }

  @Test func ofManyDamagedLinesTheFirstAreShown() throws {
    let damaged = String(repeating: "{}\n", count: 30)
    let collection = try SampleMatrix.collection(results: try SampleMatrix.results + damaged)
    #expect(collection.notes.count == 30)
    #expect(collection.firstNotes.count == 21)
    #expect(collection.firstNotes.last == "10 more like these: --format json has them all")
  }

  @Test func aLaterAttemptReplacesAnEarlierOne() throws {
    let lines = try SampleMatrix.results.split(separator: "\n").map(String.init)
    let again = lines[0].replacing(#""attempts":1"#, with: #""attempts":7"#)
    let collection = try SampleMatrix.collection(
      results: (lines + [again]).map { $0 + "\n" }.joined())
    #expect(collection.cells.count == 9)
    #expect(collection.cells.first?.attempts == 7)
  }

  @Test func aCellsNameLeadsNowhere() throws {
    let results = try SampleMatrix.results.replacing(
      "arm64-4g-stock-1000M-5_10", with: "../../../../etc")
    let collection = try SampleMatrix.collection(results: results)
    #expect(!collection.cells.contains { $0.id.hasPrefix("..") })
    #expect(collection.notes.count == 1)
  }

  @Test func aFolderOfSomethingElseIsRefused() throws {
    #expect(throws: CollectionError.self) {
      try RunCollection(readingFrom: SampleMatrix.tests.appending("Conformance"))
    }
  }

  @Test func theEdgesLieBetweenWhatFitsAndWhatDoesNot() throws {
    let heat = HeatMap(try SampleMatrix.collection)
    #expect(heat.columns.map(\.kernelArgument) == ["1000M", "2000M", "2030M", "2046M"])
    #expect(heat.groups.map(\.name) == ["arm64-4g stock", "arm64-2g single"])
    #expect(heat.groups.map { $0.rows.map(\.name) } == [["5.10", "6.1"], ["6.1", "7.2"]])
    let row = try #require(heat.groups.first?.rows.first)
    #expect(row.largestPass?.column == 2)
    #expect(row.smallestFailure?.column == 3)
    #expect(HeatMap.fits(row.squares[2]) == true)
    #expect(HeatMap.fits(row.squares[3]) == false)
    #expect(heat.common == "via cmdline, 4k pages, 1 CPU")
    let pending = try #require(heat.groups.last?.rows.last?.squares[1])
    #expect(pending.cell == nil)
  }

  @Test func whatOnlyABoardHasStandsAtItsHeadAndNotInEachRow() throws {
    let lines: [String] = try SampleMatrix.results.split(separator: "\n").map { line in
      guard line.contains(#""board":"arm64-2g""#) else { return String(line) }
      return String(line).replacing(#""cpus":1"#, with: #""cpus":4"#)
    }
    let results = lines.joined(separator: "\n") + "\n"
    let heat = HeatMap(try SampleMatrix.collection(results: results))
    #expect(heat.common == "via cmdline, 4k pages")
    #expect(heat.groups.map(\.common) == ["1 CPU", "4 CPUs"])
    #expect(heat.groups.map { $0.rows.map(\.name) } == [["5.10", "6.1"], ["6.1", "7.2"]])
  }

  @Test func theEvidenceIsMarkedInTheConsole() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .panic })
    let evidence = cell.excerpt.lines.filter(\.isEvidence)
    #expect(evidence.last?.text.contains("Kernel panic - not syncing") == true)
    #expect(cell.excerpt.lines.count > evidence.count)
    #expect(cell.excerpt.lines.count <= 80)
  }
}
