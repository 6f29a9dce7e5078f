// SPDX-License-Identifier: Apache-2.0

/// A record that the guest's init printed and whose checksum proves it whole.
///
/// On the console:
///
///     @cmalab 1 begin SEQ NAME LENGTH CRC32
///     @SEQ payload line
///     @cmalab 1 end SEQ
///
/// `1` is the format's version; SEQ counts from 0 without a gap; LENGTH is the payload's in bytes,
/// every line with its newline; CRC32 is zlib's, over `1 SEQ NAME LENGTH\n` and the payload.
package struct GuestRecord: Sendable {
  package static let version = "1"
  /// What the console shows when userspace begins to speak.
  package static let firstWords = "@cmalab 1 begin 0 "
  /// The record that ends a run; a run without it never passes.
  static let endName = "end"
  /// What the last record says last before its trailer: the guest's uptime, in seconds.
  package static let lastWords = " uptime "

  /// What every header and trailer starts with, whatever its version.
  static let marker = Array("@cmalab ".utf8)
  static let versionedMarker = Array("@cmalab \(version) ".utf8)
  static let beginning = Array("@cmalab \(version) begin ".utf8)
  static let ending = Array("@cmalab \(version) end ".utf8)

  package struct Header: Hashable, Sendable {
    package let sequence: Int
    package let name: String
    package let length: Int
    package let checksum: UInt32
  }

  /// A payload line with the line of the console log that it stands on.
  package struct Line: Hashable, Sendable {
    package let text: String
    package let consoleLine: Int
  }

  package let header: Header
  private let console: ConsoleText
  private let headerLine: LineSpan
  /// Where in the console's bytes its trailer starts.
  private let end: Int

  package var name: String { header.name }
  /// From its header to its trailer, in the console's bytes.
  var span: Range<Int> { headerLine.start..<end }

  init(header: Header, console: ConsoleText, headerLine: LineSpan, end: Int) {
    self.header = header
    self.console = console
    self.headerLine = headerLine
    self.end = end
  }

  /// What the length and the checksum cover, byte for byte.
  package var payload: [UInt8] {
    console.bytes.withByteView { view in
      var payload: [UInt8] = []
      payload.reserveCapacity(header.length)
      forEachPayloadLine(view) { line in
        view.append(line.start..<line.end, to: &payload)
        payload.append(UInt8(ascii: "\n"))
      }
      return payload
    }
  }

  /// The payload's lines. One that ends in a single `\` goes on in the next, and the two are one.
  package var lines: [Line] {
    var lines: [Line] = []
    var text = ""
    var first: Int?
    for line in payloadLines {
      let part = line.text
      text += part
      first = first ?? line.number
      if part.hasSuffix("\\"), !part.hasSuffix("\\\\") {
        text.removeLast()
        continue
      }
      lines.append(Line(text: text, consoleLine: first ?? line.number))
      text = ""
      first = nil
    }
    // A cut line always has a rest; were it lost, the checksum would miss it.
    if let first { lines.append(Line(text: text, consoleLine: first)) }
    return lines
  }

  private var payloadLines: [ConsoleText.Line] {
    console.bytes.withByteView { view in
      var lines: [ConsoleText.Line] = []
      forEachPayloadLine(view) { lines.append(console.line($0)) }
      return lines
    }
  }

  private func forEachPayloadLine(_ view: ByteView, _ body: (LineSpan) -> Void) {
    let mark = header.mark
    var scanner = LineScanner(after: headerLine, in: view, cuts: console.cuts)
    while let line = scanner.next(in: view), line.start < end {
      guard view.holds(mark, at: line.start) else { continue }
      body(LineSpan(number: line.number, start: line.start + mark.count, end: line.end))
    }
  }

  /// Text as init writes it into a payload: a backslash and whatever is neither TAB nor printable
  /// ASCII as `\xHH`, byte by byte.
  package static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { escaped, byte in
      let isPlain = byte == UInt8(ascii: "\t") || (0x20...0x7e).contains(byte)
      if isPlain, byte != UInt8(ascii: "\\") {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        escaped += "\\x\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))"
      }
    }
  }

  /// zlib's CRC-32 over bytes alone, as init reports it of the device tree blob.
  package static func plainChecksum(of bytes: [UInt8]) -> UInt32 {
    bytes.withByteView { $0.checksum(of: 0..<$0.count, continuing: 0) }
  }
}

extension GuestRecord.Header {
  /// Reads what follows `@cmalab 1 begin `: exactly four words, each as init writes it.
  init?(_ bytes: ArraySlice<UInt8>) {
    let words = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 4, let sequence = Self.decimal(words[0]), Self.isName(words[1]),
      let length = Self.decimal(words[2]), let checksum = Self.checksum(words[3])
    else { return nil }
    self.init(
      sequence: sequence, name: String(decoding: words[1], as: UTF8.self), length: length,
      checksum: checksum)
  }

  /// What each of its payload lines starts with: `@SEQ `.
  var mark: [UInt8] { Array("@\(sequence) ".utf8) }

  /// The checksum of what it covers of the header; the payload's continues it.
  var checksumOfCoveredWords: UInt32 {
    GuestRecord.plainChecksum(
      of: Array("\(GuestRecord.version) \(sequence) \(name) \(length)\n".utf8))
  }

  /// Digits without a sign or a leading zero.
  private static func decimal(_ word: ArraySlice<UInt8>) -> Int? {
    guard let first = word.first, isDigit(first), first != UInt8(ascii: "0") || word.count == 1
    else { return nil }
    return Int(String(decoding: word, as: UTF8.self))
  }

  /// Eight lower-case hexadecimal digits.
  private static func checksum(_ word: ArraySlice<UInt8>) -> UInt32? {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
    guard word.count == 8 else { return nil }
    for byte in word where !isDigit(byte) && !letters.contains(byte) { return nil }
    return UInt32(String(decoding: word, as: UTF8.self), radix: 16)
  }

  private static func isName(_ word: ArraySlice<UInt8>) -> Bool {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    for byte in word where !isDigit(byte) && !letters.contains(byte) {
      guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else { return false }
    }
    return (1...40).contains(word.count)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}

extension GuestRecord.Header: CustomStringConvertible {
  /// For messages: `5 'memblock-memory'`.
  package var description: String { "\(sequence) '\(name)'" }
}
