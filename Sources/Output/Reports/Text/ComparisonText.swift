// SPDX-License-Identifier: Apache-2.0

import TextTable

/// What changed, for a terminal.
package struct ComparisonText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let comparison: Comparison

  package init(_ comparison: Comparison, style: AddressMap.Style) {
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
    PlainTable.text(of: changes, indent: "  ") { change in
      [
        Column(title: "run", value: change.name.printable),
        Column(title: "of", value: change.what.printable),
        Column(title: "before", value: change.before.printable),
        Column(title: "after", value: change.after.printable),
        Column(title: "change", value: change.difference.printable),
      ]
    }
  }
}
