// SPDX-License-Identifier: Apache-2.0

import Observations
import Records

extension RunRecord.TestRecord {
  /// Each test that was asked for, then each that the guest reported besides, as its program in the
  /// guest judged it.
  ///
  /// A test that was asked for and left no record, or a record without a verdict, is inconclusive.
  /// One that passes without a region that was asked for fails: its program knows only of the
  /// regions that the kernel kept.
  static func all(asked request: RunRequest, _ reports: [TestReport]) -> [RunRecord.TestRecord] {
    var names = request.tests
    for report in reports where !names.contains(report.name) { names.append(report.name) }
    return names.map { name in
      guard let report = reports.first(where: { $0.name == name }) else {
        return RunRecord.TestRecord(
          name: name, verdict: .inconclusive, reason: "the guest did not report it", figures: [],
          latencies: [], source: [])
      }
      return RunRecord.TestRecord(report, missing: request.regions(missingFrom: report))
    }
  }

  private init(_ report: TestReport, missing: [String]) {
    let said = report.verdict.flatMap { Verdict(rawValue: $0.value) }
    let isShort = said == .pass && !missing.isEmpty
    let reason =
      isShort
      ? "its program never held \(missing.map { "'\($0)'" }.joined(separator: ", ")): "
        + report.reason
      : report.reason
    self.init(
      name: report.name, verdict: isShort ? .fail : said ?? .inconclusive,
      reason: said == nil ? "its program ended without a verdict" : reason,
      figures: report.figures, latencies: report.series.compactMap { LatencySummary($0) },
      source: [report.verdict?.evidence ?? report.evidence].compactMap(\.self))
  }
}

extension RunRequest {
  /// The test that takes each region of a device whole (images/programs/region.c).
  private static let regionTest = "region"
  /// The module has so many bytes for a region's name, its end included (images/module/uapi/cmalab.h,
  /// CMALAB_NAME_BYTES).
  private static let nameBytes = 48

  /// The regions with a device and a driver, but for default pools, of which a report says nothing.
  fileprivate func regions(missingFrom report: TestReport) -> [String] {
    guard report.name == Self.regionTest else { return [] }
    let held = Set(report.figures.filter { $0.unit == .text }.map(\.key))
    return regions.filter { region in
      let hasDriver = region.compatible?.contains("shared-dma-pool") ?? region.isPool
      let name = String(decoding: region.node.utf8.prefix(Self.nameBytes - 1), as: UTF8.self)
      return hasDriver && !region.isDefault && !region.users.isEmpty && !held.contains(name)
    }.map(\.node)
  }
}
