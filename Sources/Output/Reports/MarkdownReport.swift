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

  /// A comment may have 65,536 characters on GitHub, and is cut there; so many bytes are written.
  private static let longest = 60_000
  /// Rows of the list of causes, and what the rest of a document may take.
  private static let mostCauses = 60
  private static let longestList = 8_000

  package var document: String {
    let made = collection.provenance.map(\.markdown).joined(separator: " · ")
    var text = "## \(collection.name.markdown): \(collection.sentence)\n\n"
    text += collection.counts.map { "**\($0.count)** \($0.outcome.word)" }.joined(separator: " · ")
    text += made.isEmpty ? "\n" : "\n\n\(made)\n"
    if !collection.isSingleRun { text += edges + safePools }
    let groups = collection.failureGroups
    text += causes(groups.prefix(Self.mostCauses))
    if groups.count > Self.mostCauses {
      text += "\n… and \(groups.count - Self.mostCauses) more.\n"
    }
    let end = rest
    var left = Self.longest - text.utf8.count - end.utf8.count
    var isWhole = true
    for group in groups.prefix(Self.mostCauses) {
      // The first of several that say the same is enough.
      let block = details(group.members[0].cell)
      guard block.utf8.count <= left else {
        isWhole = false
        continue
      }
      text += block
      left -= block.utf8.count
    }
    if !isWhole { text += "\nThere is more in the report as HTML.\n" }
    return text + end
  }

  private func causes(_ groups: some Collection<FailureGroup>) -> String {
    guard !groups.isEmpty else { return "" }
    return "\n| Runs | Came to | Why |\n| --- | --- | --- |\n"
      + groups.map { group in
        "| \(group.name.markdown) | \(group.outcome.mark) \(group.outcome.word) "
          + "| \(group.reason.markdown) |\n"
      }.joined()
  }

  /// What has not run, and what could not be read.
  private var rest: String {
    var text = ""
    if !collection.missing.isEmpty {
      text += "\n<details><summary>\(collection.missing.count) not run</summary>\n\n"
      text += Self.list(collection.missing.map { "- \($0.id.markdown)\n" }) + "\n</details>\n"
    }
    return text + Self.list(collection.notes.map { "\n> \($0.markdown)\n" })
  }

  private static func list(_ lines: [String]) -> String {
    var text = ""
    for (index, line) in lines.enumerated() {
      guard text.utf8.count + line.utf8.count <= longestList else {
        return text + "\n… and \(lines.count - index) more.\n"
      }
      text += line
    }
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

  private var safePools: String {
    let safe = SafePools(collection)
    guard !safe.isEmpty else { return "" }
    let rows = safe.rows.map { row in "| \(row.map(\.markdown).joined(separator: " | ")) |\n" }
    let titles = safe.columns.map(\.title)
    return "\n### Largest safe pool by RAM\n\n| \(titles.joined(separator: " | ")) |\n"
      + "|\(String(repeating: " --- |", count: titles.count))\n" + Self.list(rows)
  }

  private var edges: String {
    let heat = HeatMap(collection)
    guard heat.columns.count > 1 else { return "" }
    var rows: [String] = []
    for group in heat.groups {
      let name = [group.name, group.common].filter { !$0.isEmpty }.joined(separator: ", ").markdown
      for row in group.rows {
        let words = [row.largestPass, row.smallestFailure].map { square in
          square.map { heat.columns[$0.column].kernelArgument } ?? "none"
        }
        let safe = row.largestSafe.map { $0 == .zero ? "none" : $0.kernelArgument } ?? "–"
        rows.append("| \(name), \(row.name.markdown) | \(words[0]) | \(words[1]) | \(safe) |\n")
      }
    }
    return "\n### What fits\n\n| | largest that fits | smallest that does not "
      + "| safe, by max |\n| --- | ---: | ---: | ---: |\n" + Self.list(rows)
  }
}
