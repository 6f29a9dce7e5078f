// SPDX-License-Identifier: Apache-2.0

/// The words with which a guest tells that it is in trouble.
enum KernelDistress {
  case panic
  case oops
  case monitorFault

  private static let panicWords = [Array(Transcript.panicWords.utf8)]
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
    bytes.withByteView { view in
      // Almost always nowhere, which is quickly seen.
      guard view.holdsAny(distress.words, in: view.rest(from: 0)) else { return nil }
      var scanner = LineScanner(cuts: cuts)
      while let line = scanner.next(in: view) {
        guard let start = view.startOfSpeech(in: line.start..<line.end, distress) else { continue }
        if view.holdsAny(distress.words, in: start..<line.end) {
          return self.line(LineSpan(number: line.number, start: start, end: line.end))
        }
      }
      return nil
    }
  }
}

extension ByteView {
  fileprivate func holdsAny(_ wanted: [[UInt8]], in part: Range<Int>) -> Bool {
    for words in wanted where offset(of: words, in: part) != nil { return true }
    return false
  }

  /// Where in a line the guest speaks for itself; nil where it does not.
  ///
  /// Records repeat the kernel's log, in which a message that was survived may stand. Of a record's
  /// line only what broke into it counts: a kernel message with its time, or the monitor's words.
  fileprivate func startOfSpeech(in line: Range<Int>, _ distress: KernelDistress) -> Int? {
    guard byte(at: line.lowerBound) == UInt8(ascii: "@") else { return line.lowerBound }
    return switch distress {
    case .panic, .oops: timeOfMessage(in: line)
    case .monitorFault: distress.words.compactMap { offset(of: $0, in: line) }.min()
    }
  }
}
