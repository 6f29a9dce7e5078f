// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Quantities
import Records

/// Runs as Markdown for a pull request's comment (GitHub Flavored Markdown, which GitLab reads too).
package struct MarkdownReport: Report {
  package static let name = "markdown"
  package static let purpose = "for a pull request's comment"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
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
    let again =
      cell.record.request.asked.map {
        MarkdownEscaping.block($0.commandLine.visible + "\n", language: "sh") + "\n"
      } ?? ""
    return "\n<details><summary>\(cell.id.markdown)</summary>\n\n"
      + "\(again)\(MarkdownEscaping.block(excerpt))\n</details>\n"
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
