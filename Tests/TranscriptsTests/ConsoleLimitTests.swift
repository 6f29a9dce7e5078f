// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Testing
import Transcripts

/// A guest may print for ever: what is read of it has an end, and is said to have one.
@Suite struct ConsoleLimitTests {
  private func filled(with text: String, count: Int) -> [UInt8] {
    Array(repeatElement(Array(text.utf8), count: count / text.utf8.count).joined())
  }

  @Test(
    arguments: [
      "\n", "x", "@\n", "@0 \n", "[", "[    1.000000] x\n", "[    1.000000] cma: x\n", "\r\n",
      "\u{1b}", "@cmalab 1 begin 0 x 0 00000000\n@cmalab 1 end 0\n",
    ])
  func aConsoleWithoutAnEndIsReadToItsLimits(text: String) throws {
    let transcript = Transcript(filled(with: text, count: ConsoleLimits.bytes + (1 << 20)))
    #expect(transcript.console.lines.count <= ConsoleLimits.lines)
    let excess = try #require(transcript.console.excess)
    let ending = transcript.ending(after: .exited(status: 0))
    #expect(ending.kind == .corrupted)
    #expect(ending.line == "console line \(excess.consoleLine): \(excess.description)")
  }

  @Test func whatStandsBeforeTheLimitIsRead() throws {
    let panic = "[    1.000000] Kernel panic - not syncing: x\r\n"
    let flood = filled(with: "\n", count: ConsoleLimits.lines + 10)
    let transcript = Transcript(Array(panic.utf8) + flood)
    #expect(transcript.console.excess?.consoleLine == ConsoleLimits.lines + 1)
    #expect(transcript.ending(after: .exited(status: 0)).kind == .panicked)
    let complete = try GuestConsole.wide.bytes
    #expect(Transcript(complete).console.excess == nil)
    let before = Transcript(complete + flood)
    #expect(before.isComplete)
    #expect(before.ending(after: .exited(status: 0)).kind == .corrupted)
  }
}
