// SPDX-License-Identifier: Apache-2.0

extension ConsoleText {
  /// The text as it would be had the kernel not printed into the middle of other lines; nil where
  /// it has not.
  ///
  /// A kernel message that interrupts a line starts with its time, `[    1.234567]`, runs to the
  /// next line end, and what follows continues the interrupted line. Nothing is believed for
  /// having been mended: the checksums decide.
  func withoutInterruptions() -> ConsoleText? {
    bytes.withByteView { withoutInterruptions($0) }
  }

  private func withoutInterruptions(_ view: ByteView) -> ConsoleText? {
    var mended: [UInt8] = []
    var cuts: [Cut] = []
    var copied = 0
    var searched = 0
    while let time = view.timeOfMessage(in: view.rest(from: searched)) {
      let newline = view.offset(of: UInt8(ascii: "\n"), in: view.rest(from: time))
      let next = newline.map { $0 + 1 } ?? view.count
      let start = view.endWithoutReturns(copied..<time)
      // A message on a line of its own interrupts nothing, unless the one before it did.
      if start == copied ? !cuts.isEmpty : !view.isLineStart(start) {
        view.append(copied..<start, to: &mended)
        cuts.append(Cut(offset: mended.count, lines: 1))
        copied = next
      }
      searched = next
    }
    guard !cuts.isEmpty else { return nil }
    view.append(copied..<view.count, to: &mended)
    return ConsoleText(mended, cuts: cuts)
  }
}

extension ByteView {
  /// Where the next `[    1.234567]` stands that starts a kernel message: print_time in
  /// kernel/printk/printk.c, `[%5lu.%06lu]`; nil where there is none.
  ///
  /// In a copy of the kernel's log a `<level>` stands before it, and it is no message of its own.
  func timeOfMessage(in part: Range<Int>) -> Int? {
    var bracket = offset(of: UInt8(ascii: "["), in: part)
    while let found = bracket {
      if byte(at: found - 1) != UInt8(ascii: ">"), holdsTime(behind: found) { return found }
      bracket = offset(of: UInt8(ascii: "["), in: (found + 1)..<part.upperBound)
    }
    return nil
  }

  private func holdsTime(behind bracket: Int) -> Bool {
    var offset = bracket + 1
    while byte(at: offset) == UInt8(ascii: " ") { offset += 1 }
    let seconds = offset
    while isDigit(at: offset) { offset += 1 }
    guard offset > seconds, byte(at: offset) == UInt8(ascii: ".") else { return false }
    for fraction in (offset + 1)...(offset + 6) where !isDigit(at: fraction) { return false }
    return byte(at: offset + 7) == UInt8(ascii: "]")
  }

  private func isDigit(at offset: Int) -> Bool {
    guard let byte = byte(at: offset) else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
