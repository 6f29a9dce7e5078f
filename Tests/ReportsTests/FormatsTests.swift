// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import Testing

@testable import Reports

/// What holds for every format, those to come included.
@Suite struct FormatsTests {
  static let formats = RunCollection.formats

  @Test func eachHasANameOfItsOwn() {
    for names in [
      RunCollection.formats.map(\.name), Comparison.formats.map(\.name),
      RunRecord.formats.map(\.name), PredictedGuest.formats.map(\.name),
      LintReport.formats.map(\.name), Suggestion.formats.map(\.name),
      [MaximumPool].formats.map(\.name), RuleList.formats.map(\.name),
      UpgradedGuest.formats.map(\.name), History.formats.map(\.name),
    ] {
      #expect(names.first == "text")
      #expect(Set(names).count == names.count)
    }
  }

  @Test(arguments: formats.map(\.name))
  func eachEndsItsLastLine(name: String) throws {
    let document = try document(of: try SampleMatrix.collection, as: name)
    #expect(document.hasSuffix("\n"))
  }

  /// Whatever record they stand in, no control character but a line's end, and nothing that turns
  /// the direction of text, is in a document.
  @Test(arguments: formats.map(\.name))
  func nothingInvisibleIsShown(name: String) throws {
    let hidden = #"\u001b]8;;x\u0007\u202e\u2066\u0000\u0085\u2028"#
    var results = try SampleMatrix.results
    // Not in what a record is held against: its cell in the plan.
    for text in ["cmdline", "cma.total", "reserved", "none"] {
      results = results.replacing(#":"\#(text)""#, with: #":"\#(text)\#(hidden)""#)
    }
    results = results.replacing(#""via":"cmdline\#(hidden)""#, with: #""via":"cmdline""#)
      .replacing(#""setting":"cmdline\#(hidden)""#, with: #""setting":"cmdline""#)
      .replacing(#""kind":"reserved\#(hidden)""#, with: #""kind":"reserved""#)
    let collection = try SampleMatrix.collection(results: results)
    #expect(collection.notes.isEmpty && collection.cells.count == 9)
    let document = try document(of: collection, as: name)
    let raw = document.unicodeScalars.filter { scalar in
      scalar != "\n"
        && [.control, .format, .lineSeparator, .paragraphSeparator].contains(
          scalar.properties.generalCategory)
    }
    // JSON escapes what it has to, and keeps the rest as it came.
    let allowed: Set<Unicode.Scalar> =
      name == "json" ? ["\u{202e}", "\u{2066}", "\u{85}", "\u{2028}"] : []
    #expect(Set(raw).subtracting(allowed).isEmpty)
  }

  /// A number that no record has is refused when it is read, or shown; nothing traps.
  @Test func anyNumberIsRefusedOrShown() async throws {
    let line = try #require(
      try SampleMatrix.results.split(separator: "\n").first { $0.contains("latencies\":[{") })
    let numbers = line.matches(of: /"(\w+)":(-?[0-9]+)(?=[,}])/)
    let keys = Set(numbers.map { String($0.output.1) })
    #expect(keys.count > 15)
    for key in keys.sorted() {
      let number = try #require(numbers.first { $0.output.1 == key })
      for other in [
        "9223372036854775807", "-9223372036854775808", "18446744073709551615", "-1", "1e300",
      ] {
        let edited =
          line[..<number.range.lowerBound] + #""\#(key)":\#(other)"#
          + line[number.range.upperBound...]
        let collection = try SampleMatrix.collection(results: "\(edited)\n")
        #expect(collection.cells.count + collection.notes.count == 1)
        for name in Self.formats.map(\.name) {
          #expect(try !document(of: collection, as: name).isEmpty)
        }
        let comparison = Comparison(try SampleMatrix.collection, collection)
        #expect(!ComparisonText(comparison).document.isEmpty)
        await Task.yield()
      }
    }
  }

  /// Four times the runs take four times as long, and not sixteen times.
  @Test(arguments: formats.map(\.name))
  func timeGrowsWithTheNumberOfRuns(name: String) async throws {
    let few = try seconds(for: 250, as: name)
    await Task.yield()
    let many = try seconds(for: 1000, as: name)
    #expect(many < 10 * few, "\(few) s, \(many) s")
  }

  private func seconds(for count: Int, as name: String) throws -> Double {
    let sample = try SampleMatrix.collection
    let cells = (0..<count).map { number in
      let cell = sample.cells[number % sample.cells.count]
      return RunCollection.Cell(
        id: "\(cell.id)-\(number)", record: cell.record, expected: number % 100 > 0, attempts: 1,
        excerpt: .none, folder: nil)
    }
    let before = Self.processorTime
    _ = try document(of: RunCollection(name: "many", cells: cells), as: name)
    return Self.processorTime - before
  }

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func document(of collection: RunCollection, as name: String) throws -> String {
    let format = try #require(Self.formats.first { $0.name == name })
    return try format.document(of: collection, style: .init())
  }
}
