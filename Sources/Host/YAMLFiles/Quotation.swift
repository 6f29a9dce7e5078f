// SPDX-License-Identifier: Apache-2.0

/// Untrusted text inside an error message: in quotes, short, and without a byte that could move a
/// terminal's cursor.
package struct Quotation: CustomStringConvertible {
  package let text: String

  private static let longest = 48

  package init(_ text: String) {
    self.text = text
  }

  /// Control and format characters (Unicode Cc, Cf) and line ends, which no one-line text holds.
  package static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  package var description: String {
    let scalars = text.unicodeScalars
    let shown = scalars.prefix(Self.longest).map { scalar in
      Self.isUnprintable(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "'\(shown.joined())\(scalars.count > Self.longest ? "…" : "")'"
  }
}
