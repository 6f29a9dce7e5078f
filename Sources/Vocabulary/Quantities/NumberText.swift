// SPDX-License-Identifier: Apache-2.0

/// The one reader of numbers with a unit, shared by sizes and addresses.
enum NumberText {
  /// Binary shift of each suffix that the kernel's memparse knows (lib/cmdline.c).
  private static let shifts: [Character: UInt64] = [
    "K": 10, "M": 20, "G": 30, "T": 40, "P": 50, "E": 60,
  ]

  static func value(of text: String, what: QuantityError.Kind) throws(QuantityError) -> UInt64 {
    func refuse(_ reason: QuantityError.Reason) -> QuantityError {
      QuantityError(text: text, kind: what, reason: reason)
    }
    guard let first = text.first else { throw refuse(.empty) }
    if first == "-" { throw refuse(.negative) }

    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
    let number = isHexadecimal ? text.dropFirst(2) : Substring(text)
    let digits = number.prefix {
      $0.isASCII && (isHexadecimal ? $0.isHexDigit : $0.isWholeNumber)
    }
    guard !digits.isEmpty else { throw refuse(.noDigits) }
    guard let magnitude = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
      throw refuse(.tooLarge)
    }

    // The kernel's memparse takes it for octal, and people for decimal.
    if !isHexadecimal, digits.count > 1, digits.first == "0" { throw refuse(.octal) }

    let suffix = number.dropFirst(digits.count)
    guard let letter = suffix.first else { return magnitude }
    guard suffix.count == 1, let shift = shifts[Character(letter.uppercased())] else {
      throw refuse(.unknownSuffix(String(suffix)))
    }
    let (product, overflow) = magnitude.multipliedReportingOverflow(by: 1 << shift)
    if overflow { throw refuse(.tooLarge) }
    return product
  }
}
