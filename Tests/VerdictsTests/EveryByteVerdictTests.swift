// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Records
import Testing
import Transcripts
import Verdicts

/// A real transcript, harmed at every byte of its records, and judged.
///
/// A run that has not completed is never judged a pass (`onlyACompletedRunPasses`), so of each
/// harmed log only its ending is looked at; one in a hundred is judged all the same, and so is
/// every one that looks complete and says something else.
@Suite struct EveryByteVerdictTests {
  private static let parts = 4

  @Test(arguments: 0..<parts)
  func everyBitOfAFramePassesForNothingElse(part: Int) async throws {
    let console = GuestConsole.wide
    let bytes = try console.bytes
    let payloads = Transcript(bytes).records.map(\.payload)
    var harmed = bytes
    for (index, offset) in frames(of: bytes).enumerated() where index % Self.parts == part {
      for bit in 0..<8 {
        harmed[offset] = bytes[offset] ^ 1 << bit
        let transcript = Transcript(harmed)
        let isComplete = transcript.ending(after: .exited(status: 0)).kind == .completed
        let saysTheSame = isComplete && transcript.records.map(\.payload) == payloads
        if (isComplete && !saysTheSame) || (index + bit) % 100 == 0 {
          let verdict = console.judged(harmed).verdict
          #expect(verdict != .pass || saysTheSame, "byte \(offset), bit \(bit)")
        }
      }
      harmed[offset] = bytes[offset]
      // This test never waits; others do.
      await Task.yield()
    }
  }

  /// Where the bytes of headers and trailers stand, and those of the records that the verdict
  /// hangs on.
  private func frames(of bytes: [UInt8]) -> [Int] {
    ConsoleText(bytes).lines.filter { line in
      line.text.hasPrefix("@cmalab ") || line.text.contains(" CmaTotal:")
        || ["@2 ", "@7 ", "@9 ", "@11 ", "@17 "].contains { line.text.hasPrefix($0) }
    }.flatMap { Array($0.bytes.indices) }
  }
}
