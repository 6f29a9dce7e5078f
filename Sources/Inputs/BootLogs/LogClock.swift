// SPDX-License-Identifier: Apache-2.0

/// Whose date stands in front of a line.
enum SystemDate {
  /// `dmesg --time-format iso`, with a comma before the fraction: nothing follows but the message.
  case dmesgs
  /// A system's logger, which names host and program behind it, or a program that copies lines.
  case loggers
}

// Dates and clocks as loggers and terminal programs write them.

extension ArraySlice<UInt8> {
  mutating func skipBlank() {
    if first == UInt8(ascii: " ") { self = dropFirst() }
  }

  mutating func skipBlanks() {
    self = drop { $0.isBlank }
  }

  mutating func skipDigits(_ counts: ClosedRange<Int>) -> Bool {
    let digits = prefix(counts.upperBound + 1).prefix { $0.isDecimalDigit }
    guard counts ~= digits.count else { return false }
    self = dropFirst(digits.count)
    return true
  }

  /// `12:43:58`, with a fraction or a zone behind it.
  mutating func skipClock() -> Bool {
    var rest = self
    for field in 0..<3 {
      if field > 0, rest.popFirst() != UInt8(ascii: ":") { return false }
      guard rest.skipDigits(2...2) else { return false }
    }
    self = rest.drop {
      $0.isDecimalDigit || [46, 44, 43, 45, 58, 90].contains($0)
    }
    return true
  }

  /// `2021-01-01`, with a clock behind it after a `T`.
  mutating func skipDate() -> Bool {
    var rest = self
    guard rest.skipDigits(4...4), rest.popFirst() == UInt8(ascii: "-"), rest.skipDigits(2...2),
      rest.popFirst() == UInt8(ascii: "-"), rest.skipDigits(2...2)
    else { return false }
    if rest.first == UInt8(ascii: "T") {
      rest = rest.dropFirst()
      guard rest.skipClock() else { return false }
    }
    self = rest
    return true
  }

  /// `Apr  6 18:17:25`, `2024-10-14T21:52:50.787+02:00`, `Mon 2024-10-14 21:52:50` and seconds since
  /// 1970; nil for anything else.
  mutating func skipSystemDate() -> SystemDate? {
    var rest = self
    // The version of RFC 5424.
    if rest.starts(with: "1 2".utf8) { rest = rest.dropFirst(2) }
    _ = rest.skipName(of: Self.days)
    let date = rest
    if rest.skipDate() {
      let stamp = date[..<rest.startIndex]
      rest.skipBlanks()
      _ = rest.skipClock()
      self = rest
      let isOfDmesg = stamp.contains(UInt8(ascii: "T")) && stamp.contains(UInt8(ascii: ","))
      return isOfDmesg ? .dmesgs : .loggers
    }
    if rest.skipDigits(9...10), rest.popFirst() == UInt8(ascii: "."), rest.skipDigits(6...6),
      rest.first == UInt8(ascii: " ")
    {
      self = rest
      return .loggers
    }
    rest = self
    guard rest.skipName(of: Self.months) else { return nil }
    rest.skipBlanks()
    guard rest.skipDigits(1...2) else { return nil }
    rest.skipBlanks()
    guard rest.skipClock() else { return nil }
    self = rest
    return .loggers
  }

  /// Whether it is what terminal programs write in brackets in front of a line: a date, a clock, both
  /// with fractions, or seconds since the start and since the line before (grabserial).
  var isTerminalStamp: Bool {
    if isWallClock { return contains(UInt8(ascii: ".")) }
    var rest = self
    if rest.skipDate() || rest.skipClock() {
      rest.skipBlanks()
      _ = rest.skipClock()
      return rest.isEmpty
    }
    guard first?.isDecimalDigit == true, contains(UInt8(ascii: " ")) else { return false }
    let parts = split(separator: UInt8(ascii: " "))
    return parts.count == 2
      && parts.allSatisfy { part in
        part.contains(UInt8(ascii: "."))
          && part.allSatisfy { $0.isDecimalDigit || $0 == UInt8(ascii: ".") }
      }
  }

  private static var months: String { "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec" }
  private static var days: String { "Mon Tue Wed Thu Fri Sat Sun" }

  /// One of some names of three letters, and a blank.
  private mutating func skipName(of names: String) -> Bool {
    guard count > 3, self[startIndex + 3] == UInt8(ascii: " "), self[startIndex].isLetter else {
      return false
    }
    let name = String(decoding: prefix(3), as: UTF8.self)
    guard names.contains(name) else { return false }
    self = dropFirst(4)
    return true
  }

  /// `Fri Oct 16 12:43:58 2020` (dmesg -T).
  var isWallClock: Bool {
    var rest = self
    guard rest.skipName(of: Self.days), rest.skipName(of: Self.months) else { return false }
    rest.skipBlanks()
    guard rest.skipDigits(1...2) else { return false }
    rest.skipBlanks()
    return rest.skipClock()
  }

  /// `  +0.000012` and `Oct16 12:43` (dmesg -e): since the message before, or a minute.
  var isElapsed: Bool {
    var rest = drop { $0 == UInt8(ascii: " ") }
    if rest.first == UInt8(ascii: "+") { return rest.dropFirst().kernelSeconds != nil }
    guard rest.count > 3, Self.months.contains(String(decoding: rest.prefix(3), as: UTF8.self))
    else { return false }
    rest = rest.dropFirst(3)
    return rest.skipDigits(1...2) && rest.popFirst() == UInt8(ascii: " ") && rest.skipDigits(2...2)
      && rest.popFirst() == UInt8(ascii: ":") && rest.skipDigits(2...2) && rest.isEmpty
  }
}
