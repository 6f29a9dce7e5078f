// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Records

/// What whoever gets a ticket needs of a run that did not pass, as Markdown to paste: what it came to, the
/// memory map, the console lines that show it, the command.
struct Ticket {
  let markdown: String

  init(_ cell: RunCollection.Cell) {
    let record = cell.record
    let evidence = cell.excerpt.lines.filter(\.isEvidence).prefix(Self.mostLines).map(\.text)
    let blocks = [
      MarkdownEscaping.block(AddressMap(observedBy: record).text(in: .init(isCut: false))),
      evidence.isEmpty
        ? nil : MarkdownEscaping.block(evidence.map { "\($0)\n" }.joined()),
      record.request.asked.map {
        MarkdownEscaping.block($0.commandLine.visible + "\n", language: "sh")
      },
    ]
    markdown =
      "**\(record.verdict.rawValue.uppercased())** \(record.reason.markdown)\n\n"
      + blocks.compactMap(\.self).joined(separator: "\n")
  }

  /// Of the console.
  private static let mostLines = 12
}
