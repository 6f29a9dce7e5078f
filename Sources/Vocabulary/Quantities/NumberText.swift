// SPDX-License-Identifier: Apache-2.0

/// The one reader of numbers with a unit, shared by sizes and addresses.
enum NumberText {
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
    guard suffix.count == 1, let byte = letter.asciiValue,
      let shift = ByteCount.shift(ofSuffix: byte)
    else {
      throw refuse(.unknownSuffix(String(suffix)))
    }
    let (product, overflow) = magnitude.multipliedReportingOverflow(by: 1 << shift)
    if overflow { throw refuse(.tooLarge) }
    return product
  }
}

extension ByteCount {
  /// Binary shift of a suffix that the kernel's memparse knows (lib/cmdline.c), in either case.
  package static func shift(ofSuffix letter: UInt8) -> UInt64? {
    switch letter {
    case UInt8(ascii: "K"), UInt8(ascii: "k"): 10
    case UInt8(ascii: "M"), UInt8(ascii: "m"): 20
    case UInt8(ascii: "G"), UInt8(ascii: "g"): 30
    case UInt8(ascii: "T"), UInt8(ascii: "t"): 40
    case UInt8(ascii: "P"), UInt8(ascii: "p"): 50
    case UInt8(ascii: "E"), UInt8(ascii: "e"): 60
    default: nil
    }
  }
}
