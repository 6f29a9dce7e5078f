// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Quantities
import Records
import Testing

@testable import Reports

@Suite struct ComparisonTests {
  private func differences(after lines: [String]) throws -> [Comparison.Change] {
    Comparison(try SampleMatrix.collection, try collection(lines)).changes
  }

  private func collection(_ lines: [String]) throws -> RunCollection {
    try SampleMatrix.collection(results: lines.map { $0 + "\n" }.joined())
  }

  @Test func nothingChangesBetweenAMatrixAndItself() throws {
    let collection = try SampleMatrix.collection
    let comparison = Comparison(collection, collection)
    #expect(comparison.pairs == 9)
    #expect(comparison.changes.isEmpty)
    #expect(comparison.alone.isEmpty)
    #expect(comparison.sentence == "9 runs compared: nothing changed.")
  }

  @Test func aPoolThatMovedShrankOrIsGone() throws {
    let results = try SampleMatrix.results
    let lines = results.split(separator: "\n").map(String.init)
    // The pool of arm64-4g stock, 2030M, 5.10: 2032 MiB at 0xc00000.
    #expect(lines[1].contains(#""cmaAreas":[{"#))
    func changed(_ old: String, _ new: String) throws -> [Comparison.Change] {
      let area = try #require(lines[1].firstRange(of: #""cmaAreas":[{"#))
      let head = lines[1][..<area.upperBound]
      let tail = lines[1][area.upperBound...]
      let line = head + tail.replacing(old, with: new, maxReplacements: 1)
      #expect(line != lines[1])
      return try differences(after: [lines[0], String(line)] + lines[2...])
    }
    let moved = try changed(#""0xc00000""#, #""0x1c00000""#)
    #expect(moved.map(\.kind) == [.moved])
    #expect(moved.first?.difference == "up 16 MiB")
    let shrunk = try changed("2130706432", "1048576000")
    #expect(shrunk.map(\.kind) == [.shrank])
    #expect(shrunk.first?.difference == "-1032 MiB")
    let renamed = try changed(#""name":"#, #""name":"other-"#.dropLast() + #"","x":"#)
    #expect(renamed.map(\.kind) == [.lost, .gained])
  }

  @Test func whatCeasedToFit() throws {
    let lines = try SampleMatrix.results.split(separator: "\n").map(String.init)
    // A check fails, so the verdict does; it is expected all the same.
    let line = lines[1].replacing(
      #""verdict":"pass","winner""#, with: #""verdict":"fail","winner""#
    )
    let failing = try line.failing(check: "cma.total")
    let changes = try differences(after: [lines[0], failing] + lines[2...])
    #expect(changes.map(\.kind) == [.ceasedToFit])
    let back = Comparison(
      try collection([lines[0], failing] + lines[2...]), try SampleMatrix.collection)
    #expect(back.changes.map(\.kind) == [.beganToFit])
  }

  /// Two folders of a run each, of which the second one asked for another size or layout.
  private func pair(_ old: String, _ new: String) throws -> Comparison {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .pass })
    let json = try JSONText.document(cell.record)
    let other = json.replacing(old, with: new)
    try #require(other != json)
    func run(_ name: String, _ json: String) throws -> RunCollection {
      RunCollection(
        name: name, isSingleRun: true,
        cells: [
          .init(
            id: name, record: try RunRecord(json: Data(json.utf8)), expected: nil, attempts: 1,
            excerpt: .none, folder: nil)
        ])
    }
    return Comparison(try run("before", json), try run("after", other))
  }

  @Test func twoRunsOfOneLayoutAreNamedByBoth() throws {
    let cell = try #require(try SampleMatrix.collection.cells.first { $0.outcome == .pass })
    let bytes = cell.record.request.cmaBytes.bytes
    let comparison = try pair("\(bytes)", "1073741824")
    #expect(comparison.extent == "One run compared.")
    let change = try #require(comparison.changes.first)
    #expect(change.name == "\(cell.record.request.place) to cma=1G")
  }

  @Test func runsOfTwoBoardsAreNotCompared() throws {
    let comparison = try pair("arm64-4g", "another-board")
    #expect(comparison.sentence == "Not compared: the two runs are of different layouts.")
    #expect(comparison.alone.first?.hasPrefix("before: arm64-4g ") == true)
    #expect(comparison.alone.last?.hasPrefix("after: another-board ") == true)
  }

  /// A column that no row has anything in is not there, and what is counted agrees with its number.
  @Test func aPageHasTheColumnsOfItsRows() throws {
    let sample = try SampleMatrix.collection
    let timed = try ComparisonHTML(Comparison(of: sample, kernel: "5.10", with: "6.1")).document
    #expect(timed.contains("<th scope=\"col\">Test</th>"))
    let lines = try SampleMatrix.results.split(separator: "\n").map(String.init)
    let line = lines[1].replacing(
      #""verdict":"pass","winner""#, with: #""verdict":"fail","winner""#)
    let failing = try line.failing(check: "cma.total")
    let page = ComparisonHTML(
      Comparison(sample, try collection([lines[0], failing] + lines[2...])))
    let document = try page.document
    #expect(document.contains("Ceased to fit"))
    #expect(!document.contains("<th scope=\"col\">Pool</th>"))
    #expect(Comparison.Kind.gained.words(ofCount: 1) == "pool that is new")
    #expect(Comparison.Kind.moved.words(ofCount: 1) == "pool that moved")
    #expect(Comparison.Kind.moved.words(ofCount: 2) == "pools that moved")
  }

  @Test func kernelsOfOneMatrix() throws {
    let comparison = Comparison(of: try SampleMatrix.collection, kernel: "5.10", with: "6.1")
    #expect(comparison.pairs == 3)
    // arm64-2g has run on 6.1 alone.
    #expect(comparison.alone.count == 3)
    #expect(comparison.changes.allSatisfy { $0.kind.isLatency })
    #expect(!comparison.changes.isEmpty)
    let text = ComparisonText(comparison).document
    #expect(text.hasPrefix("5.10 -> 6.1\n"))
    #expect(text.contains("latency empty.4096k"))
  }
}

extension String {
  /// A record's line with a check that fails.
  fileprivate func failing(check id: String) throws -> String {
    let start = try #require(firstRange(of: #""id":"\#(id)""#))
    let tail = self[start.upperBound...]
    let verdict = try #require(tail.firstRange(of: #""verdict":"pass""#))
    return self[..<verdict.lowerBound] + #""verdict":"fail""# + self[verdict.upperBound...]
  }
}
