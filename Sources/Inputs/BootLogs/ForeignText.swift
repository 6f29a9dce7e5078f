// SPDX-License-Identifier: Apache-2.0

/// What terminals, mail programs and editors do to a line.
struct ForeignText {
  /// Without escape sequences.
  let bytes: ArraySlice<UInt8>
  /// Whether there are bytes that no text has: a sign of a garbled capture.
  let isGarbled: Bool

  init(_ segment: LineSplitter.Segment) {
    let line = segment.bytes
    isGarbled =
      segment.traits.contains(.controls)
      || segment.traits.contains(.others) && String(validating: line, as: UTF8.self) == nil
    bytes = segment.traits.contains(.escapes) ? Self.withoutEscapes(line) : line
  }

  /// ECMA-48's control sequences: `ESC [`, parameters, a letter.
  private static func withoutEscapes(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text: [UInt8] = []
    var rest = line
    while let byte = rest.popFirst() {
      guard byte == 0x1b, rest.first == UInt8(ascii: "[") else {
        text.append(byte)
        continue
      }
      rest = rest.dropFirst().drop { 0x20...0x3f ~= $0 }.dropFirst()
    }
    return text[...]
  }

  /// A message with plain quotes for typographic ones.
  static func plain(_ message: ArraySlice<UInt8>, _ traits: ByteTraits) -> ArraySlice<UInt8> {
    traits.contains(.others) ? withPlainQuotes(message)[...] : message
  }

  /// A message without a mail program's `=3D` and `=0D`.
  static func decoded(_ message: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    message.isQuotedPrintable ? message.quotedPrintableDecoded[...] : message
  }

  /// UTF-8 of the single quotes U+2018 and U+2019, and of the double ones U+201C and U+201D.
  private static func withPlainQuotes(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == 0xe2, rest.first == 0x80, let third = rest.dropFirst().first {
        switch third {
        case 0x98, 0x99: plain.append(UInt8(ascii: "'"))
        case 0x9c, 0x9d: plain.append(UInt8(ascii: "\""))
        default:
          plain.append(byte)
          continue
        }
        rest = rest.dropFirst(2)
      } else {
        plain.append(byte)
      }
    }
    return plain
  }
}

extension ArraySlice<UInt8> {
  /// Whether each `=` stands before two hexadecimal digits in capitals (RFC 2045, 6.7), and one of
  /// them is a `=` itself.
  fileprivate var isQuotedPrintable: Bool {
    var encodesEquals = false
    var rest = self
    while let at = rest.firstIndex(of: UInt8(ascii: "=")) {
      let code = rest[(at + 1)...].prefix(2)
      guard code.count == 2, code.allSatisfy(\.isCapitalHexDigit) else { return false }
      if code.elementsEqual("3D".utf8) { encodesEquals = true }
      rest = rest[code.endIndex...]
    }
    return encodesEquals
  }

  fileprivate var quotedPrintableDecoded: [UInt8] {
    var text: [UInt8] = []
    var rest = self
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "="), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        text.append(byte)
        continue
      }
      rest = rest.dropFirst(2)
      if value != UInt8(ascii: "\r") { text.append(value) }
    }
    return text
  }
}

extension UInt8 {
  fileprivate var isCapitalHexDigit: Bool {
    isDecimalDigit || UInt8(ascii: "A")...UInt8(ascii: "F") ~= self
  }
}
