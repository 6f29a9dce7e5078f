// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records
import TextTable

/// Runs as text for a terminal or a log.
package struct TextReport: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let collection: RunCollection
  private let style: AddressMap.Style

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
    self.style = style
  }

  /// Every line ends in a newline.
  package var document: String {
    if collection.isSingleRun, let record = collection.cells.first?.record {
      return RunText(record, style: style).document
    }
    let heat = HeatMap(collection)
    let made = collection.provenance.map { $0.printable }.joined(separator: ", ")
    var text = "\(collection.name.printable)\n\(made.isEmpty ? "" : "\(made)\n")\n"
    text += table(of: heat)
    if !heat.common.isEmpty { text += "\nEverywhere: \(heat.common.printable).\n" }
    if heat.isTooLarge { text += "The table would be too large: make one of a part of it.\n" }
    text += style.unicode ? "" : "+ passed, x failed, ! crashed, ? inconclusive, . not run\n"
    text += safePools
    let groups = collection.failureGroups
    if !groups.isEmpty {
      text +=
        "\n"
        + groups.map { group in
          "\(mark(group.outcome))  \(group.name.printable): \(group.outcome.word): "
            + "\(group.reason.printable)\n"
        }.joined()
    }
    if !collection.missing.isEmpty {
      text += "\nNot run: \(collection.missing.map(\.id.printable).joined(separator: ", "))\n"
    }
    return text + "\n\(collection.sentence)\n"
  }

  private var safePools: String {
    let safe = SafePools(collection)
    guard !safe.isEmpty else { return "" }
    let titles = safe.columns.map(\.title)
    return "\nLargest safe pool by RAM\n"
      + PlainTable.text(of: safe.rows) { row in
        zip(titles, row).map { Column(title: $0, value: $1.printable) }
      }
  }

  private func table(of heat: HeatMap) -> String {
    let rows = heat.groups.flatMap { group in
      group.rows.enumerated().map { index, row in
        [index == 0 ? group.name.printable : "", row.name.printable]
          + row.squares.map { square in
            square.map { $0.cell.map { mark($0.outcome) } ?? (style.unicode ? "\u{b7}" : ".") }
              ?? ""
          }
          + [row.largestPass, row.smallestFailure].map { square in
            square.map { heat.columns[$0.column].kernelArgument } ?? "none"
          } + [row.largestSafe.map { $0 == .zero ? "none" : $0.kernelArgument } ?? "-"]
      }
    }
    let titles =
      ["layout", "kernel"] + heat.columns.map(\.kernelArgument) + [
        "largest ok", "smallest not", "safe, by max",
      ]
    return PlainTable.text(of: rows) { row in
      zip(titles, row).map { Column(title: $0, value: $1) }
    }
  }

  private func mark(_ outcome: Outcome) -> String {
    guard !style.unicode else { return outcome.mark }
    switch outcome {
    case .pass: return "+"
    case .fail: return "x"
    case .panic: return "!"
    case .inconclusive: return "?"
    }
  }
}
