// SPDX-License-Identifier: Apache-2.0

/// Reads the prefix of a line, byte by byte: a prefix is ASCII, whatever the message is.
struct PrefixReader {
  private let bytes: [UInt8]
  /// Behind what has been read.
  private(set) var position = 0
  var prefix = PrintkPrefix()

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a form; where it is another one, nothing has been read.
  ///
  /// - Returns: whether it was this form, and something was read.
  mutating func takes(_ form: PrefixForm) -> Bool {
    var attempt = self
    attempt.skipBlanks()
    guard form.read(&attempt), attempt.position > position else { return false }
    self = attempt
    return true
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlanks() {
    while next == UInt8(ascii: " ") { position += 1 }
  }

  /// Takes these characters, if they are next.
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    let isNext = text.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
    if isNext { position += count }
    return isNext
  }

  /// Takes what comes up to a character, and that as well; nil where the line has none, or where
  /// there is nothing before it.
  mutating func take(upTo end: Character) -> String? {
    guard let end = end.asciiValue, let place = bytes[position...].firstIndex(of: end),
      place > position
    else { return nil }
    let text = String(decoding: bytes[position..<place], as: UTF8.self)
    position = place + 1
    return text
  }

  /// Takes as many characters as are of this kind; nil for none.
  mutating func take(while isWanted: (UInt8) -> Bool) -> String? {
    let start = position
    while let byte = next, isWanted(byte) { position += 1 }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  mutating func takeDigits(_ counts: ClosedRange<Int>) -> String? {
    guard let digits = take(while: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      counts.contains(digits.utf8.count)
    else { return nil }
    return digits
  }

  /// `12345.678901`: seconds since boot.
  mutating func takeSeconds() -> Double? {
    guard let whole = takeDigits(1...12), take("."), let fraction = takeDigits(1...9) else {
      return nil
    }
    return Double("\(whole).\(fraction)")
  }

  /// `18:17:25`, `18:17:25.123456`, `18:17:25,123456+00:00`.
  mutating func takeTimeOfDay() -> String? {
    guard let hours = takeDigits(1...2), take(":"), let minutes = takeDigits(2...2), take(":"),
      let seconds = takeDigits(2...2)
    else { return nil }
    let rest = take(while: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "]") }) ?? ""
    guard rest.isEmpty || rest.first.map({ ".,+-Z".contains($0) }) == true else { return nil }
    return "\(hours):\(minutes):\(seconds)\(rest)"
  }

  /// `2020-10-16 12:43:58` or, as ISO 8601 has it, with a T.
  mutating func takeDateAndTime() -> String? {
    guard let year = takeDigits(4...4), take("-"), let month = takeDigits(2...2), take("-"),
      let day = takeDigits(2...2), take("T") || take(" "), let time = takeTimeOfDay()
    else { return nil }
    return "\(year)-\(month)-\(day)T\(time)"
  }

  /// `Apr`.
  mutating func takeMonth() -> String? {
    let months: [StaticString] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return months.first { take($0) }.map { "\($0)" }
  }
}
