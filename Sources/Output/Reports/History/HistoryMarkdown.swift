// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// A history, for a pull request's comment.
package struct HistoryMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = MarkdownReport.purpose

  private let history: History

  package init(_ history: History, style: AddressMap.Style) {
    self.history = history
  }

  /// Bytes that a comment has room for, and what of them the table may take.
  private static let longest = 60_000
  private static let longestTable = 40_000

  package var document: String {
    let titles = history.columns.map(\.name.markdown)
    let heading = history.headingNames.map(\.markdown).joined(separator: " \u{2192} ")
    var text = "## \(heading)\n\n\(history.sentence)\n"
    text +=
      "\n| largest, and how many passed | \(titles.joined(separator: " | ")) | smallest ever |\n"
    text += "|" + String(repeating: " --- |", count: titles.count + 2) + "\n"
    let counts = history.changeCounts
    text += Self.list(
      history.groups.enumerated().map { number, group in
        let words = group.results.enumerated().map { column, result in
          let words = (result?.words ?? "\u{2013}").markdown
          return counts[number]?[column] == nil ? words : "**\(words)**"
        }
        let smallest = group.smallest.map { $0 == .zero ? "none" : $0.kernelArgument } ?? "\u{2013}"
        return "| \(group.name.markdown) | \(words.joined(separator: " | ")) | \(smallest) |\n"
      }, atMost: Self.longestTable)
    guard !history.changes.isEmpty else { return text }
    text += "\n### What changed\n\n"
    return text
      + Self.list(
        history.changes.map { change in
          "- \(change.change.kind.rawValue): **\(history.subject(of: change).markdown)**: "
            + "\(history.words(of: change).markdown): \(change.change.difference.markdown)\n"
        }, atMost: Self.longest - text.utf8.count)
  }

  private static func list(_ lines: [String], atMost longest: Int) -> String {
    var text = ""
    for (index, line) in lines.enumerated() {
      guard text.utf8.count + line.utf8.count <= longest else {
        return text + "\n\u{2026} and \(lines.count - index) more.\n"
      }
      text += line
    }
    return text
  }
}
