// SPDX-License-Identifier: Apache-2.0

// What a guest printed: bytes into lines, lines into proved records, and how the run ended. All of
// it is a pure function of the console log and of how the emulator came to a halt, so a saved log
// can be read again at any time.

/// A serial console's output, split into lines.
package struct ConsoleText: Sendable {
  /// One line without its end, as the bytes that came.
  package struct Line: Hashable, Sendable {
    /// Counted from 1, as an editor counts the lines of the log file.
    package let number: Int
    package let bytes: ArraySlice<UInt8>

    /// For people: what is not UTF-8 is replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  package let lines: [Line]

  /// Splits at `\n`; any `\r` before it belongs to the line end, as ttys and firmware write them.
  package init(_ bytes: [UInt8]) {
    var lines: [Line] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var end = newline
      while end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      lines.append(Line(number: lines.count + 1, bytes: bytes[start..<end]))
      start = newline + 1
    }
    self.lines = lines
  }

  private init(lines: [Line]) {
    self.lines = lines
  }
}

extension ConsoleText {
  /// The text as it would be had the kernel not printed into the middle of other lines.
  ///
  /// A kernel message that interrupts a line starts with its time, `[    1.234567]`, runs to the
  /// next line end, and what follows continues the interrupted line. The same shape inside a copy
  /// of the kernel log follows a `<level>` and is left alone. Nothing is believed for having been
  /// mended: the checksums decide.
  package func withoutInterruptions() -> ConsoleText {
    var mended: [Line] = []
    var isInterrupted = false
    for line in lines {
      let message = Self.interruption(in: line.bytes)
      let kept = message.map { line.bytes[..<$0] } ?? line.bytes
      if isInterrupted, let broken = mended.popLast() {
        mended.append(Line(number: broken.number, bytes: ArraySlice(broken.bytes + kept)))
      } else if !kept.isEmpty || message == nil {
        mended.append(Line(number: line.number, bytes: kept))
      }
      // A message on a line of its own interrupts nothing.
      isInterrupted = message != nil && (isInterrupted || !kept.isEmpty)
    }
    return ConsoleText(lines: mended)
  }

  /// Where a kernel message starts in a line.
  private static func interruption(in line: ArraySlice<UInt8>) -> Int? {
    var searched = line
    while let bracket = searched.firstIndex(of: UInt8(ascii: "[")) {
      let followsLevel = bracket > line.startIndex && line[bracket - 1] == UInt8(ascii: ">")
      if !followsLevel, startsWithTime(line[(bracket + 1)...]) { return bracket }
      searched = line[(bracket + 1)...]
    }
    return nil
  }

  /// Whether `    1.234567]` comes next: print_time in kernel/printk/printk.c, `[%5lu.%06lu]`.
  private static func startsWithTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let afterSpaces = bytes.drop { $0 == UInt8(ascii: " ") }
    let seconds = afterSpaces.prefix { digits.contains($0) }
    let rest = afterSpaces.dropFirst(seconds.count)
    guard !seconds.isEmpty, rest.first == UInt8(ascii: ".") else { return false }
    let fraction = rest.dropFirst()
    return fraction.prefix(6).count { digits.contains($0) } == 6
      && fraction.dropFirst(6).first == UInt8(ascii: "]")
  }
}
