// SPDX-License-Identifier: Apache-2.0

import KernelConsole

/// What a transcript shows of a guest that is broken: the first line of each kind.
///
/// Words count where a message begins, and only those that the kernel says of itself: its command
/// line, a model and the names of nodes may hold any words.
struct DistressSigns {
  private(set) var panic: ConsoleText.Line?
  /// A fault that the kernel has found in itself.
  private(set) var bug: ConsoleText.Line?
  /// The monitor's word that the guest touched what its machine does not have.
  private(set) var monitorFault: ConsoleText.Line?

  /// images/monitor/monitor.S, fault.
  private static let monitorWords = Array("@monitor fault ".utf8)
  private static let words = [monitorWords] + KernelDistress.heads.map { Array($0.utf8) }

  private let transcript: Transcript
  private var reader: MessageReader

  init(_ transcript: Transcript) {
    self.transcript = transcript
    reader = MessageReader(foreignTexts: transcript.foreignTexts)
    let isWorthReading = transcript.console.bytes.withByteView { view in
      // Almost always nowhere, which is quickly seen.
      guard view.holdsAny(Self.words, in: view.rest(from: 0)) else { return false }
      read(view)
      return true
    }
    if isWorthReading, bug == nil { readKernelLog() }
  }

  private mutating func read(_ view: ByteView) {
    var records = transcript.spansOfRecords[...]
    var scanner = LineScanner(cuts: transcript.console.cuts)
    while let line = scanner.next(in: view) {
      while let record = records.first, record.upperBound <= line.start { records.removeFirst() }
      let isOfRecord = records.first?.contains(line.start) == true
      if view.byte(at: line.start) != UInt8(ascii: "@") {
        readSpeech(line, view)
      } else if view.holds(Self.monitorWords, at: line.start) {
        monitorFault = monitorFault ?? transcript.console.line(line)
      } else if !isOfRecord {
        // A line of a record that is not whole: something may have broken into it.
        readInterruption(line, view)
        if let start = view.offset(of: Self.monitorWords, in: line.start..<line.end) {
          monitorFault = monitorFault ?? part(of: line, from: start)
        }
      }
    }
  }

  private mutating func readSpeech(_ line: LineSpan, _ view: ByteView) {
    // A text of several lines is told by what comes before.
    let isWanted =
      !transcript.foreignTexts.isEmpty || view.holdsAny(Self.words, in: line.start..<line.end)
    guard isWanted else { return }
    let text = transcript.console.line(line)
    let message = reader.read(text.text[...])
    consider(message, text)
    // What a program prints may be interrupted by its kernel.
    if message.prefix.isEmpty { readInterruption(line, view) }
  }

  private mutating func readInterruption(_ line: LineSpan, _ view: ByteView) {
    guard let start = view.timeOfMessage(in: line.start..<line.end), start > line.start else {
      return
    }
    let text = part(of: line, from: start)
    var reader = MessageReader()
    consider(reader.read(text.text[...]), text)
  }

  /// What was said while init had the console to itself stands in the ring buffer alone.
  private mutating func readKernelLog() {
    var reader = MessageReader(foreignTexts: transcript.foreignTexts)
    for line in transcript.record("kernel-log")?.lines ?? [] {
      let distress = reader.read(line.text[...]).distress
      // After a panic nobody could have printed the record.
      if let distress, distress.kind != .panic {
        bug = ConsoleText.Line(number: line.consoleLine, bytes: Array(line.text.utf8)[...])
        return
      }
    }
  }

  private mutating func consider(_ message: ConsoleMessage, _ line: ConsoleText.Line) {
    switch message.distress?.kind {
    case .panic: panic = panic ?? line
    case .oops, .report: bug = bug ?? line
    case nil: break
    }
  }

  private func part(of line: LineSpan, from start: Int) -> ConsoleText.Line {
    transcript.console.line(LineSpan(number: line.number, start: start, end: line.end))
  }
}

extension ByteView {
  fileprivate func holdsAny(_ wanted: [[UInt8]], in part: Range<Int>) -> Bool {
    for words in wanted where offset(of: words, in: part) != nil { return true }
    return false
  }
}
