// SPDX-License-Identifier: Apache-2.0

/// The words with which a guest tells that it is in trouble.
enum KernelDistress {
  case panic
  case oops
  case monitorFault

  private static let panicWords = [Array("Kernel panic - not syncing".utf8)]
  private static let oopsWords = [
    "Internal error: ", "Unable to handle kernel ", "kernel BUG at ", "BUG: Bad page state",
  ].map { Array($0.utf8) }
  private static let monitorWords = [Array("@monitor fault ".utf8)]

  fileprivate var words: [[UInt8]] {
    switch self {
    // kernel/panic.c, panic()
    case .panic: Self.panicWords
    // arch/arm64/kernel/traps.c, die(); arch/arm64/mm/fault.c; lib/bug.c; mm/page_alloc.c,
    // bad_page()
    case .oops: Self.oopsWords
    // images/monitor/monitor.S
    case .monitorFault: Self.monitorWords
    }
  }
}

extension ConsoleText {
  /// The first line in which the guest itself, not a record that quotes it, says these words.
  func firstSign(of distress: KernelDistress) -> Line? {
    let span = bytes.span
    var first: Int?
    for words in distress.words {
      var found = span.offset(of: words, from: 0)
      while let offset = found, isQuotation(at: offset, of: distress) {
        found = span.offset(of: words, from: offset + 1)
      }
      if let found { first = min(first ?? found, found) }
    }
    guard let first else { return nil }
    var scanner = LineScanner(cuts: cuts)
    while let line = scanner.next(in: span) {
      guard line.end > first else { continue }
      // Of a record's line that a message broke into, only the message.
      let start =
        isRecordLine(at: line.start) ? span.timeOfMessage(from: line.start) ?? first : line.start
      return self.line(LineSpan(number: line.number, start: min(start, first), end: line.end))
    }
    return nil
  }

  /// Whether the words belong to a record: those repeat the kernel's log, in which a message that
  /// was survived may stand.
  private func isQuotation(at offset: Int, of distress: KernelDistress) -> Bool {
    let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard isRecordLine(at: start), distress != .monitorFault else { return false }
    guard let message = bytes.span.timeOfMessage(from: start) else { return true }
    return message > offset
  }

  private func isRecordLine(at start: Int) -> Bool { bytes[start] == UInt8(ascii: "@") }
}
