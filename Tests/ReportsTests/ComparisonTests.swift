// SPDX-License-Identifier: Apache-2.0
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
