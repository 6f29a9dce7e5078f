// SPDX-License-Identifier: Apache-2.0
import Emulator
import GuestConsoles
import Testing
import Transcripts

/// A console is bytes, and nobody promised that they are text.
@Suite struct ConsoleTextTests {
  private func lines(_ bytes: [UInt8]) -> [String] { ConsoleText(bytes).lines.map(\.text) }

  @Test(
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\n", ["a"]), ("a\n\n", ["a", ""]),
      ("a\r\r\nb", ["a", "b"]), ("a\rb\n", ["a\\x0db"]), ("\r\n\r\n", ["", ""]),
    ] as [(String, [String])])
  func linesEndAtNewlines(text: String, expected: [String]) {
    #expect(lines(Array(text.utf8)) == expected)
  }

  @Test func linesAreCountedFromOne() {
    #expect(ConsoleText(Array("a\n\nb".utf8)).lines.map(\.number) == [1, 2, 3])
  }

  @Test func whatIsNoTextIsShownAsSuch() {
    let split = Array("Gr\u{fc}n".utf8.prefix(3))
    #expect(lines(split + Array("\nnext".utf8)) == ["Gr\u{fffd}", "next"])
    #expect(lines([0x41, 0x00, 0x42]) == ["A\\x00B"])
    #expect(lines([0x41, 0xff, 0x42]) == ["A\u{fffd}B"])
    #expect(lines(Array("tab\tstays".utf8)) == ["tab\tstays"])
  }

  /// What a guest prints ends up on somebody's terminal.
  @Test func noEscapeSequenceGetsThrough() {
    #expect(lines(Array("\u{1b}[2Jgone\u{7f}\u{9b}".utf8)) == ["\\x1b[2Jgone\\x7f\\x9b"])
  }

  @Test func recordsAreFoundAmongRubbish() throws {
    let bytes = try GuestConsole.wide.bytes
    let rubbish: [UInt8] = [0, 0xff, 0xc3, 0x0d, 0x1b, 0x5b, 0x00, 0x0a]
    let transcript = Transcript(rubbish + bytes + rubbish)
    #expect(transcript.isComplete)
    #expect(transcript.records.first?.lines.first?.consoleLine == 82)
  }

  @Test func aMebibyteWithoutANewlineIsOneLine() {
    for filling in ["x", "[", "[    ", "@", "@0 ", "[    1.000000] ", "\r"] {
      let line = Array(String(repeating: filling, count: (1 << 20) / filling.utf8.count).utf8)
      let transcript = Transcript(line)
      #expect(transcript.console.lines.count == 1)
      #expect(transcript.ending(after: .exited(status: 0)).kind == .emulatorExited)
    }
  }

  /// Each of many interruptions continues the same line.
  @Test func manyInterruptionsTakeNoLonger() {
    let record = FramedConsole.framed("meminfo", "CmaTotal: 4 kB\n", sequence: 0)
    let text = record.split(separator: "k", maxSplits: 1)
    let messages = String(repeating: "[    1.000000] mm: something\r\n", count: 20_000)
    let last = FramedConsole.framed("end", "records 1\n", sequence: 1)
    let transcript = Transcript(Array((text.joined(separator: "k" + messages) + last).utf8))
    #expect(transcript.isComplete)
    #expect(transcript.record("end")?.lines.first?.consoleLine == 20_005)
  }

  @Test(
    arguments: [
      "[    1.000000] mm: something\r\n", "[12345.000000] mm: something\n",
      "[    1.000000][    T1] mm: something\r\n", "\r[    1.000000] mm: something\r\n",
      "[    1.000000] one\r\n[    1.000001] two\r\n",
      "[    1.000000] one\r\n\r[    1.000001] two\r\n",
    ])
  func aMessageIsTakenOut(message: String) {
    let record = FramedConsole.framed("meminfo", "CmaTotal: 4 kB\n", sequence: 0)
    let halves = record.split(separator: "Total", maxSplits: 1)
    let transcript = Transcript(Array("\(halves[0])To\(message)tal\(halves[1])".utf8))
    #expect(transcript.fault == nil)
    #expect(transcript.records.first?.lines.map(\.text) == ["CmaTotal: 4 kB"])
    #expect(transcript.records.first?.lines.map(\.consoleLine) == [2])
  }

  @Test(
    arguments: [
      "[    1.00000] short\r\n", "[ x  1.000000] no time\r\n", "[1.000000 no bracket\r\n",
      "no time at all\r\n", "<6>[    1.000000] a quotation\r\n",
    ])
  func whatIsNoMessageStays(text: String) {
    let record = FramedConsole.framed("meminfo", "CmaTotal: 4 kB\n", sequence: 0)
    let halves = record.split(separator: "Total", maxSplits: 1)
    #expect(Transcript(Array("\(halves[0])To\(text)tal\(halves[1])".utf8)).fault != nil)
  }
}
