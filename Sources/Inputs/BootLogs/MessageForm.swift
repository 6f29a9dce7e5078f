// SPDX-License-Identifier: Apache-2.0

/// A kernel's or boot loader's message as its printf has it, with what it prints in place of:
///
/// - `%a` an address of all its digits (`%pa`, `%08lx`): missing where digits are missing;
/// - `%x` a hexadecimal number with or without `0x`;
/// - `%d` a decimal number;
/// - `%w` a word;
/// - `%t` any text up to what follows, or to the end of a line that is whole;
/// - `%*` any text or none, not kept.
///
/// A blank stands for one or more: printf pads, and mail programs join.
struct MessageForm: Sendable {
  private enum Piece: Sendable {
    case literal([UInt8])
    case address
    case hexadecimal
    case decimal
    case word
    case text
    case anything
  }

  private let pieces: [Piece]

  init(_ text: String) {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let kind = rest.popFirst() else {
        if !(byte.isBlank && literal.last?.isBlank == true) { literal.append(byte) }
        continue
      }
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = []
      switch kind {
      case UInt8(ascii: "a"): pieces.append(.address)
      case UInt8(ascii: "x"): pieces.append(.hexadecimal)
      case UInt8(ascii: "d"): pieces.append(.decimal)
      case UInt8(ascii: "w"): pieces.append(.word)
      case UInt8(ascii: "t"): pieces.append(.text)
      default: pieces.append(.anything)
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    self.pieces = pieces
    if case .literal(let bytes) = pieces.first {
      beginning = Array(bytes.prefix { !$0.isBlank })
    } else {
      beginning = []
    }
  }

  /// The first word of every message of this form, or the part of it that never changes.
  let beginning: [UInt8]

  /// What a message has in place of each `%`, in order; nil where it is another message, or ends in
  /// the middle of one.
  func captures(of message: MessageBytes) -> MessageCaptures? {
    var scanner = MessageScanner(message)
    var captures = MessageCaptures()
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let bytes):
        guard scanner.skip(bytes) else { return nil }
      case .address:
        guard let address = scanner.address() else { return nil }
        captures.values.append(.address(address))
      case .hexadecimal:
        guard let number = scanner.number(radix: 16) else { return nil }
        captures.values.append(.number(number))
      case .decimal:
        guard let number = scanner.number(radix: 10) else { return nil }
        captures.values.append(.number(number))
      case .word:
        guard let text = scanner.word() else { return nil }
        captures.values.append(.text(text))
      case .text, .anything:
        var following: [UInt8]?
        if index + 1 < pieces.count, case .literal(let bytes) = pieces[index + 1] {
          following = bytes
        }
        guard let text = scanner.text(upTo: following) else {
          if case .anything = piece, following == nil { continue }
          return nil
        }
        if case .text = piece {
          guard !text.isEmpty else { return nil }
          captures.values.append(.text(text))
        }
      }
    }
    return captures
  }
}

/// A message's bytes, and whether the last of them is known to be the last.
struct MessageBytes {
  let bytes: ArraySlice<UInt8>
  let isTerminated: Bool

  /// Without these bytes in front; nil where it starts with others.
  func dropping(_ words: [UInt8]) -> MessageBytes? {
    guard bytes.starts(with: words) else { return nil }
    return MessageBytes(bytes: bytes.dropFirst(words.count), isTerminated: isTerminated)
  }

  /// Without blanks in front.
  var trimmedStart: MessageBytes {
    MessageBytes(bytes: bytes.drop { $0.isBlank }, isTerminated: isTerminated)
  }
}

/// What a message has in place of the `%` of a form.
struct MessageCaptures {
  enum Value {
    /// Nil where digits are missing.
    case address(UInt64?, digits: Int, isPrefixed: Bool)
    case number(UInt64)
    case text(ArraySlice<UInt8>)

    static func address(_ address: MessageScanner.Address) -> Value {
      .address(address.value, digits: address.digits, isPrefixed: address.isPrefixed)
    }
  }

  fileprivate(set) var values: [Value] = []

  /// The number in that place; nil for an address that is not whole.
  func number(_ index: Int) -> UInt64? {
    switch values[index] {
    case .address(let value, _, _): value
    case .number(let value): value
    case .text: nil
    }
  }

  /// How many digits a whole address was printed with; 0 for anything else.
  func digits(_ index: Int) -> Int {
    guard case .address(_?, let digits, _) = values[index] else { return 0 }
    return digits
  }

  /// Whether an address was printed with `0x`.
  func isPrefixed(_ index: Int) -> Bool {
    guard case .address(_, _, let isPrefixed) = values[index] else { return false }
    return isPrefixed
  }

  /// The text in that place, without blanks around it.
  func text(_ index: Int) -> String {
    guard case .text(let bytes) = values[index] else { return "" }
    return String(printing: bytes.trimmed)
  }
}

/// Goes through a message's bytes.
struct MessageScanner {
  struct Address {
    let value: UInt64?
    let digits: Int
    let isPrefixed: Bool
  }

  private var rest: ArraySlice<UInt8>
  private let isTerminated: Bool

  init(_ message: MessageBytes) {
    rest = message.bytes
    isTerminated = message.isTerminated
  }

  /// Whether nothing is left of a message that may have had more.
  private var isCut: Bool { rest.isEmpty && !isTerminated }

  mutating func skip(_ words: [UInt8]) -> Bool {
    var text = rest
    for byte in words {
      guard text.popFirst() == byte else { return false }
      if byte == UInt8(ascii: " ") { text = text.drop { $0.isBlank } }
    }
    rest = text
    return true
  }

  /// An address with all its digits: `0x` and 8 or 16 (lib/vsprintf.c, address_val), or at least 8
  /// without `0x` (`%08lx`).
  mutating func address() -> Address? {
    let hasPrefix = skip(Array("0x".utf8))
    let digits = rest.prefix { $0.isLowerHexDigit }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    // 40 bits at most: six of sixteen digits are zeros, so that eight of them tell themselves apart
    // from eight of eight.
    let isHalf = digits.count == 8 && digits.prefix(6).allSatisfy { $0 == UInt8(ascii: "0") }
    let isWhole =
      switch digits.count {
      case 16: true
      case 8: !isCut || hasPrefix && !isHalf
      case 9...15: !hasPrefix && !isCut
      default: false
      }
    let isSeparate = rest.first.map { $0.isSeparator } ?? true
    return Address(
      value: isWhole && isSeparate ? UInt64(hexadecimal: digits) : nil, digits: digits.count,
      isPrefixed: hasPrefix)
  }

  /// A number that something follows, be it the end of the line.
  mutating func number(radix: Int) -> UInt64? {
    rest = rest.drop { $0.isBlank }
    if radix == 16 { _ = skip(Array("0x".utf8)) }
    let digits = rest.prefix { radix == 16 ? $0.isLowerHexDigit : $0.isDecimalDigit }
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty, !isCut else { return nil }
    return radix == 16 ? UInt64(hexadecimal: digits) : UInt64(decimal: digits)
  }

  mutating func word() -> ArraySlice<UInt8>? {
    let word = rest.prefix { !$0.isBlank }
    rest = rest.dropFirst(word.count)
    return word.isEmpty || isCut ? nil : word
  }

  /// Everything before these bytes; all of it for nil, or nothing where its end may be missing.
  mutating func text(upTo words: [UInt8]?) -> ArraySlice<UInt8>? {
    guard let words else {
      defer { rest = rest.suffix(0) }
      return isTerminated ? rest : nil
    }
    var candidate = rest
    while candidate.count >= words.count {
      if candidate.starts(with: words) {
        let text = rest[..<candidate.startIndex]
        rest = candidate
        return text
      }
      candidate = candidate.dropFirst()
    }
    return nil
  }
}

extension UInt8 {
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

  var isDecimalDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

  /// Kernels print small letters; capitals are a sign of another hand.
  var isLowerHexDigit: Bool { isDecimalDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= self }

  var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }

  /// What may follow a number.
  var isSeparator: Bool {
    switch self {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: ")"), UInt8(ascii: "]"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension UInt64 {
  /// Nil where it does not fit.
  init?(hexadecimal digits: ArraySlice<UInt8>) {
    guard digits.count <= 16 else { return nil }
    self = digits.reduce(0) { value, digit in
      value << 4 | UInt64(digit.isDecimalDigit ? digit - 48 : digit | 0x20 - 87)
    }
  }

  /// Nil where it does not fit in 63 bits: no figure of a log comes near.
  init?(decimal digits: ArraySlice<UInt8>) {
    guard digits.count <= 18 else { return nil }
    self = digits.reduce(0) { $0 * 10 + UInt64($1 - 48) }
  }
}

extension ArraySlice<UInt8> {
  var trimmed: ArraySlice<UInt8> {
    var text = drop { $0.isBlank }
    while let last = text.last, last.isBlank { text = text.dropLast() }
    return text
  }
}

extension String {
  /// The text of foreign bytes: what is not UTF-8 is replaced, and control characters are dropped.
  init(printing bytes: ArraySlice<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.unicodeScalars.contains(where: \.isControl) else {
      self = text
      return
    }
    self.init(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isControl }))
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    self != "\t" && (value < 0x20 || (0x7f..<0xa0).contains(value))
  }
}
