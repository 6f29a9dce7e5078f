// SPDX-License-Identifier: Apache-2.0

import Observations
import Records

extension RunRecord.TestRecord {
  /// Each test that was asked for, then each that the guest reported besides, as its program in the
  /// guest judged it.
  ///
  /// A test that was asked for and left no record, or a record without a verdict, is inconclusive.
  static func all(asked: [String], _ reports: [TestReport]) -> [RunRecord.TestRecord] {
    var names = asked
    for report in reports where !names.contains(report.name) { names.append(report.name) }
    return names.map { name in
      guard let report = reports.first(where: { $0.name == name }) else {
        return RunRecord.TestRecord(
          name: name, verdict: .inconclusive, reason: "the guest did not report it", figures: [],
          latencies: [], source: [])
      }
      return RunRecord.TestRecord(report)
    }
  }

  private init(_ report: TestReport) {
    let verdict = report.verdict.flatMap { Verdict(rawValue: $0.value) }
    self.init(
      name: report.name, verdict: verdict ?? .inconclusive,
      reason: verdict == nil ? "its program ended without a verdict" : report.reason,
      figures: report.figures, latencies: report.series.compactMap { LatencySummary($0) },
      source: [report.verdict?.evidence ?? report.evidence].compactMap(\.self))
  }
}
