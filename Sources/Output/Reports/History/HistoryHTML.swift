// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A history as one HTML file that needs nothing else; both runs of a change have a page in it.
package struct HistoryHTML: Report {
  package static let name = HTMLReport.name
  package static let purpose = HTMLReport.purpose

  private let history: History

  package init(_ history: History, style: AddressMap.Style) {
    self.history = history
  }

  /// Rows, changes, and changes whose runs have pages; JSON has them all.
  private static let mostRows = 2000
  private static let mostChanges = 1000
  private static let mostLinked = 200
  /// Of the notes, those that are shown.
  private static let mostNotes = 20

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws { try Templates.render(page) }
  }

  var page: HTMLPage {
    let heading = history.headingNames.joined(separator: " \u{2192} ")
    var pages: [CellPage] = []
    for change in history.changes.prefix(Self.mostLinked) {
      let sides = [
        (change.change.cells.old, change.columns.before),
        (change.change.cells.new, change.columns.after),
      ]
      for (cell, column) in sides {
        let number = pages.count
        pages.append(
          CellPage(
            cell,
            at: CellPage.Position(
              number: number, isAlone: false, previous: number > 0 ? number - 1 : nil,
              next: number + 1 < 2 * min(history.changes.count, Self.mostLinked) ? number + 1 : nil,
              matrix: history.columns[column].name), inFull: true))
      }
    }
    return HTMLPage(
      title: heading, history: historyPage(heading), cells: pages,
      hasTestTimes: pages.contains { !$0.tests.isEmpty })
  }

  private func historyPage(_ heading: String) -> HistoryPage {
    // The last change of a square decides its colour, the first one is where it leads.
    var seen: [Int: [Int: (first: Int, kind: String)]] = [:]
    for (number, change) in history.changes.enumerated() {
      let first = seen[change.group]?[change.columns.after]?.first ?? number
      let kind = change.change.kind.outcome?.kind ?? "n"
      seen[change.group, default: [:]][change.columns.after] = (first, kind)
    }
    return HistoryPage(
      heading: heading, sentence: history.sentence,
      matrices: history.columns.map { column in
        HistoryPage.Matrix(
          name: column.name,
          provenance: column.collection.provenance.joined(separator: " \u{b7} "),
          sentence: column.collection.sentence)
      },
      columns: history.columns.map(\.name),
      rows: history.groups.prefix(Self.mostRows).enumerated().map { number, group in
        HistoryPage.Row(
          name: group.name,
          squares: group.results.enumerated().map { column, result in
            let change = seen[number]?[column]
            return HistoryPage.Square(
              column: history.columns[column].name, kind: change?.kind ?? "",
              words: result?.words ?? "\u{2013}",
              change: change.flatMap { $0.first < Self.mostChanges ? $0.first : nil })
          },
          smallest: group.smallest.map { $0 == .zero ? "none" : $0.kernelArgument } ?? "\u{2013}")
      },
      further: history.groups.count > Self.mostRows ? history.groups.count - Self.mostRows : nil,
      changes: changes,
      notes: history.notes.isEmpty
        ? nil : HTMLPage.Notes(lines: Array(history.notes.prefix(Self.mostNotes))))
  }

  private var changes: HistoryPage.Changes? {
    guard !history.changes.isEmpty else { return nil }
    let further = history.changes.count - Self.mostChanges
    return HistoryPage.Changes(
      rows: history.changes.prefix(Self.mostChanges).enumerated().map { number, change in
        func side(_ offset: Int, _ column: Int, _ words: String) -> HistoryPage.Side {
          HistoryPage.Side(
            number: number < Self.mostLinked ? 2 * number + offset : nil,
            matrix: history.columns[column].name, words: words)
        }
        return HistoryPage.Change(
          number: number, kind: change.change.kind.outcome?.kind ?? "",
          word: change.change.kind.rawValue, name: history.subject(of: change),
          before: side(0, change.columns.before, change.change.before),
          after: side(1, change.columns.after, change.change.after),
          difference: change.change.difference)
      }, more: further > 0 ? further : nil)
  }
}
