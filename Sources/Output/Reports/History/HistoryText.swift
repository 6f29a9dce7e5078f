// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records
import TextTable

/// A history, for a terminal.
package struct HistoryText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let history: History

  package init(_ history: History, style: AddressMap.Style) {
    self.history = history
  }

  /// Every line ends in a newline.
  package var document: String {
    let made = history.columns.map { column in
      "\(column.name.printable): "
        + column.collection.provenance.map(\.printable).joined(separator: ", ") + "\n"
    }
    let titles = ["runs"] + history.columns.map(\.name.printable) + ["smallest ever"]
    let counts = history.changeCounts
    var text = made.joined() + "\nThe largest pool that was there, and how many runs passed\n"
    text += PlainTable.text(of: Array(history.groups.enumerated())) { number, group in
      let words = group.results.enumerated().map { column, result in
        (result?.words ?? "-") + (counts[number]?[column] == nil ? "" : " *")
      }
      let smallest = group.smallest.map { $0 == .zero ? "none" : $0.kernelArgument } ?? "-"
      return zip(titles, [group.name.printable] + words + [smallest]).map {
        Column(title: $0, value: $1)
      }
    }
    if !history.changes.isEmpty { text += "* something changed\n\nWhat changed\n" }
    for change in history.changes {
      text +=
        "  \(change.change.kind.rawValue): \(history.subject(of: change).printable): "
        + "\(history.words(of: change).printable)\n    \(change.change.difference.printable)\n"
    }
    return text + "\n\(history.sentence)\n"
  }
}
