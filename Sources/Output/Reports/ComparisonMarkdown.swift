// SPDX-License-Identifier: Apache-2.0

/// What changed, for a pull request's comment.
package struct ComparisonMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = MarkdownReport.purpose

  private let comparison: Comparison

  package init(_ comparison: Comparison, style: AddressMap.Style) {
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
