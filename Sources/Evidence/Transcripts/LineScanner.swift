// SPDX-License-Identifier: Apache-2.0

/// Where a line lies in a console's bytes, its end excluded.
struct LineSpan {
  let number: Int
  let start: Int
  let end: Int
}

/// Goes through a console's bytes line by line.
struct LineScanner {
  private var number = 1
  private var position = 0
  private var cuts: ArraySlice<ConsoleText.Cut>

  init(cuts: [ConsoleText.Cut]) {
    self.cuts = cuts[...]
  }

  /// Starts behind a line that has been read.
  init(after line: LineSpan, in bytes: ByteView, cuts: [ConsoleText.Cut]) {
    number = line.number
    position = line.start
    self.cuts = cuts.drop { $0.offset <= line.start }
    _ = next(in: bytes)
  }

  /// Splits at `\n`; any `\r` before it belongs to the line end, as ttys and firmware write them.
  mutating func next(in bytes: ByteView) -> LineSpan? {
    guard position < bytes.count else { return nil }
    while !cuts.isEmpty, let cut = cuts.first, cut.offset <= position {
      number += cut.lines
      cuts.removeFirst()
    }
    let newline =
      bytes.offset(of: UInt8(ascii: "\n"), in: bytes.rest(from: position)) ?? bytes.count
    let line = LineSpan(
      number: number, start: position, end: bytes.endWithoutReturns(position..<newline))
    number += 1
    position = newline + 1
    return line
  }
}

extension ByteView {
  /// Where a line ends that may have `\r` behind it.
  func endWithoutReturns(_ line: Range<Int>) -> Int {
    var end = line.upperBound
    while end > line.lowerBound, byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
    return end
  }

  func isLineStart(_ offset: Int) -> Bool {
    offset == 0 || byte(at: offset - 1) == UInt8(ascii: "\n")
  }
}
