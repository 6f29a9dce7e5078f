// SPDX-License-Identifier: Apache-2.0
import Mustache
import TextTable

/// What changed, for a terminal.
package struct ComparisonText: Sendable {
  private let comparison: Comparison

  package init(_ comparison: Comparison) {
    self.comparison = comparison
  }

  /// Every line ends in a newline.
  package var document: String {
    var text = "\(comparison.before.printable) -> \(comparison.after.printable)\n"
    for (kind, _) in comparison.counts {
      let rows = comparison.changes.filter { $0.kind == kind }
      text += "\n\(kind.rawValue)\n" + (kind.isOfOutcome ? lines(rows) : table(rows))
    }
    if !comparison.alone.isEmpty {
      text += "\nOn one side only\n" + comparison.alone.map { "  \($0.printable)\n" }.joined()
    }
    return text + "\n\(comparison.sentence)\n"
  }

  /// A reason is too long for a table.
  private func lines(_ changes: [Comparison.Change]) -> String {
    changes.map { change in
      "  \(change.name.printable): \(change.before) -> \(change.after)\n"
        + "    \(change.difference.printable)\n"
    }.joined()
  }

  private func table(_ changes: [Comparison.Change]) -> String {
    let columns: (Comparison.Change) -> [Column] = { change in
      [
        Column(title: "run", value: change.name.printable),
        Column(title: "of", value: change.what.printable),
        Column(title: "before", value: change.before.printable),
        Column(title: "after", value: change.after.printable),
        Column(title: "change", value: change.difference.printable),
      ]
    }
    return (TextTable<Comparison.Change>(columns).string(for: changes, style: Style.simple) ?? "")
      .split(separator: "\n").map { line in
        "  \(String(line.reversed().drop { $0 == " " }.reversed()))\n"
      }.joined()
  }
}

/// What changed, for a pull request's comment.
package struct ComparisonMarkdown: Sendable {
  private let comparison: Comparison

  package init(_ comparison: Comparison) {
    self.comparison = comparison
  }

  package var document: String {
    var text = "## \(comparison.before.markdown) → \(comparison.after.markdown)\n\n"
    text += "\(comparison.sentence)\n"
    for (kind, count) in comparison.counts {
      let isQuiet = kind == .moved || kind.isLatency
      text += isQuiet ? "\n<details><summary>\(kind.rawValue): \(count)</summary>\n" : ""
      text += isQuiet ? "" : "\n### \(kind.rawValue)\n"
      text += "\n| Run | Of | Before | After | Change |\n| --- | --- | --- | --- | --- |\n"
      text += comparison.changes.filter { $0.kind == kind }.map { change in
        let cells = [change.name, change.what, change.before, change.after, change.difference]
        return "| \(cells.map(\.markdown).joined(separator: " | ")) |\n"
      }.joined()
      text += isQuiet ? "\n</details>\n" : ""
    }
    if !comparison.alone.isEmpty {
      text += "\n<details><summary>On one side only: \(comparison.alone.count)</summary>\n\n"
      text += comparison.alone.map { "- \($0.markdown)\n" }.joined() + "\n</details>\n"
    }
    return text
  }
}

/// What changed, as one HTML file that needs nothing else.
package struct ComparisonHTML: Sendable {
  private let comparison: Comparison

  package init(_ comparison: Comparison) {
    self.comparison = comparison
  }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      let library = try ReportTemplates.library()
      return library.render(page, withTemplate: "page") ?? ""
    }
  }

  private var page: Page {
    let heading = "\(comparison.before) → \(comparison.after)".visible
    return Page(
      title: heading, overview: nil,
      comparison: ComparisonPage(
        heading: heading,
        sentence: comparison.pairs == 1
          ? "One run compared." : "\(comparison.pairs) runs compared.",
        counts: comparison.counts.map { kind, count in
          Count(
            kind: kind.outcome?.kind ?? "n", mark: "", count: count,
            word: kind.rawValue.lowercased())
        },
        sections: comparison.counts.enumerated().map { index, counted in
          ComparisonPage.Section(
            number: index, heading: counted.kind.rawValue,
            caption: counted.kind.isLatency
              ? "Medians of emulated time that differ by \(Int(Comparison.latencyTolerance)) % or more."
              : nil,
            rows: comparison.changes.filter { $0.kind == counted.kind }.map {
              ComparisonPage.Row(
                name: $0.name.visible, what: $0.what.visible, before: $0.before.visible,
                after: $0.after.visible, difference: $0.difference.visible,
                kind: $0.kind.outcome?.kind ?? "")
            })
        },
        alone: comparison.alone.isEmpty
          ? nil : ComparisonPage.Alone(lines: comparison.alone.map(\.visible))),
      cells: [])
  }
}
