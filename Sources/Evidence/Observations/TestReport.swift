// SPDX-License-Identifier: Apache-2.0
import Transcripts

/// What a test program in the guest said of its test: the record `test.NAME`.
///
/// Its lines are `KEY<TAB>VALUE<TAB>UNIT`, or `NAME.samples<TAB>VALUE VALUE …<TAB>UNIT`, the last one
/// `verdict<TAB>pass|fail|inconclusive<TAB>REASON` (images/programs/tests.h).
package struct TestReport: Hashable, Sendable {
  /// A measured value, or a word that the test found worth telling.
  package struct Figure: Hashable, Sendable, Codable {
    package let key: String
    /// As the guest printed it: a decimal number, an `0x…` address, or text.
    package let value: String
    package let unit: Unit
  }

  /// Samples of one measurement, in the order in which they were taken.
  package struct Series: Hashable, Sendable {
    /// `empty.64k`.
    package let name: String
    package let values: [UInt64]
    package let unit: Unit
  }

  package let name: String
  package let figures: [Figure]
  package let series: [Series]
  /// `pass`, `fail` or `inconclusive`; nil where the program ended without a verdict.
  package let verdict: Fact<String>?
  package let reason: String
  /// Where the record begins.
  package let evidence: Evidence?

  private static let recordPrefix = "test."
  private static let samplesSuffix = ".samples"

  /// Every test that the guest reported, in its order.
  static func all(in transcript: Transcript) -> [TestReport] {
    transcript.records.filter { $0.name.hasPrefix(recordPrefix) }.map { TestReport($0) }
  }

  private init(_ record: GuestRecord) {
    name = String(record.name.dropFirst(Self.recordPrefix.count))
    var figures: [Figure] = []
    var series: [Series] = []
    var verdict: Fact<String>?
    var reason = ""
    for line in record.lines {
      let fields = line.text.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
        .map(String.init)
      guard fields.count == 3 else { continue }
      if fields[0] == "verdict" {
        verdict = Fact(fields[1], Evidence(record, line))
        reason = fields[2]
      } else if fields[0].hasSuffix(Self.samplesSuffix) {
        series.append(
          Series(
            name: String(fields[0].dropLast(Self.samplesSuffix.count)),
            values: fields[1].split(separator: " ").compactMap { UInt64($0) },
            unit: Unit(rawValue: fields[2])))
      } else {
        figures.append(
          Figure(key: fields[0], value: fields[1], unit: Unit(rawValue: fields[2])))
      }
    }
    // What a program says of its own samples is computed again from the samples themselves.
    self.figures = figures.filter { figure in
      !series.contains { figure.key.hasPrefix("\($0.name).") }
    }
    self.series = series
    self.verdict = verdict
    self.reason = reason
    evidence = record.lines.first.map { Evidence(record, $0) }
  }
}
