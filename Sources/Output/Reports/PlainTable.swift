// SPDX-License-Identifier: Apache-2.0

package import TextTable

/// A table in plain text: columns as wide as they need to be, and no blanks at the ends of lines.
package enum PlainTable {
  /// A line of titles and a line a row, each with its newline; empty without rows.
  ///
  /// - Parameter indent: stands before each line.
  package static func text<Row>(
    of rows: [Row], indent: String = "", columns: @escaping (Row) -> [Column]
  ) -> String {
    guard !rows.isEmpty else { return "" }
    return (TextTable<Row>(columns).string(for: rows, style: Style.simple) ?? "")
      .split(separator: "\n").map { "\(indent)\($0.withoutTrailingBlanks)\n" }.joined()
  }
}

extension StringProtocol {
  var withoutTrailingBlanks: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
