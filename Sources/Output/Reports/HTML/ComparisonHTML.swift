// SPDX-License-Identifier: Apache-2.0

/// What changed, as one HTML file that needs nothing else.
package struct ComparisonHTML: Report {
  package static let name = HTMLReport.name
  package static let purpose = HTMLReport.purpose

  private let comparison: Comparison

  package init(_ comparison: Comparison, style: AddressMap.Style) {
    self.comparison = comparison
  }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws { try Templates.render(page) }
  }

  var page: HTMLPage {
    let heading = "\(comparison.before) → \(comparison.after)"
    return HTMLPage(
      title: heading,
      comparison: ComparisonPage(
        heading: heading,
        sentence: comparison.extent,
        counts: comparison.counts.map { kind, count in
          HTMLPage.Count(
            kind: kind.outcome?.kind ?? "n", mark: nil, count: count,
            word: kind.words(ofCount: count))
        },
        sections: comparison.counts.enumerated().map { index, counted in
          ComparisonPage.Section(
            number: index, heading: counted.kind.rawValue,
            caption: counted.kind.isLatency
              ? "Medians of emulated time that differ by \(Int(Comparison.latencyTolerance)) % or more."
              : nil,
            subject: counted.kind.isOfOutcome ? nil : counted.kind.isLatency ? "Test" : "Pool",
            rows: comparison.changes.filter { $0.kind == counted.kind }.map {
              ComparisonPage.Row(
                name: $0.name, what: $0.what.isEmpty ? nil : $0.what, before: $0.before,
                after: $0.after, difference: $0.difference,
                kind: $0.kind.outcome?.kind ?? "")
            })
        },
        alone: comparison.alone.isEmpty
          ? nil : ComparisonPage.Alone(lines: comparison.alone)),
      hasTestTimes: comparison.counts.contains { $0.kind.isLatency })
  }
}
