// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// Runs as Markdown for a pull request's comment (GitHub Flavored Markdown, which GitLab reads too).
package struct MarkdownReport: Sendable {
  private let collection: RunCollection

  package init(_ collection: RunCollection) {
    self.collection = collection
  }

  /// A comment may have 65536 characters on GitHub; so many runs are told of in full.
  private static let mostRuns = 25

  package var document: String {
    var text = "## \(collection.name.markdown): \(collection.sentence)\n\n"
    text += collection.counts.map { "**\($0.count)** \($0.outcome.word)" }.joined(separator: " · ")
    text += "\n"
    let odd = collection.unexpected
    if !odd.isEmpty {
      text += "\n| Run | Came to | Why |\n| --- | --- | --- |\n"
      text += odd.prefix(Self.mostRuns).map { cell in
        "| \(cell.id.markdown) | \(cell.outcome.mark) \(cell.outcome.word) "
          + "| \(cell.record.reason.markdown) |\n"
      }.joined()
      if odd.count > Self.mostRuns { text += "\n… and \(odd.count - Self.mostRuns) more.\n" }
      text += odd.prefix(Self.mostRuns).map(details).joined()
    }
    if !collection.isSingleRun { text += edges }
    if !collection.missing.isEmpty {
      text += "\n<details><summary>\(collection.missing.count) not run</summary>\n\n"
      text += collection.missing.map { "- \($0.id.markdown)\n" }.joined() + "\n</details>\n"
    }
    text += collection.notes.map { "\n> \($0.markdown)\n" }.joined()
    return text
  }

  private func details(_ cell: RunCollection.Cell) -> String {
    let excerpt = cell.excerpt.text
    guard !excerpt.isEmpty else { return "" }
    return "\n<details><summary>\(cell.id.markdown)</summary>\n\n"
      + "`\(cell.record.request.reproduction.visible.inCode)`\n\n\(excerpt.fenced)\n</details>\n"
  }

  private var edges: String {
    let heat = HeatMap(collection)
    guard heat.columns.count > 1 else { return "" }
    var text = "\n<details><summary>Where the edges lie</summary>\n\n"
    text += "| | largest that fits | smallest that does not |\n| --- | ---: | ---: |\n"
    for group in heat.groups {
      let name = [group.name, group.common].filter { !$0.isEmpty }.joined(separator: ", ").markdown
      for row in group.rows {
        let words = [row.largestPass, row.smallestFailure].map { square in
          square.map { heat.columns[$0.column].kernelArgument } ?? "none"
        }
        text += "| \(name), \(row.name.markdown) | \(words[0]) | \(words[1]) |\n"
      }
    }
    return text + "\n</details>\n"
  }
}

extension String {
  /// Text that Markdown and HTML leave as it is, in one line of a table.
  var markdown: String {
    var text = ""
    for character in visible {
      switch character {
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "&": text += "&amp;"
      // CommonMark 0.31, 2.4: a backslash before any ASCII punctuation makes it literal. A mention
      // of a person or of an issue is broken by an entity.
      case "@": text += "&#64;"
      case "#": text += "&#35;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "!", "|", "~", "$": text += "\\\(character)"
      default: text.append(character)
      }
    }
    return text
  }

  /// For the inside of a code span between single backticks.
  fileprivate var inCode: String { replacing("`", with: "'") }

  /// A code block whose fence is longer than any in it.
  fileprivate var fenced: String {
    let longest = split { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n\(self)\(fence)\n"
  }
}
