// SPDX-License-Identifier: Apache-2.0
import Emulator
import Glibc
import GuestConsoles
import Testing
import Transcripts

/// A real transcript, harmed at every one of its bytes: what is not proved is never believed.
@Suite struct EveryByteTests {
  /// The bytes are shared out, so that the parts run side by side.
  private static let parts = 4

  /// How many logs are read before another test may go on: this one never waits for anything.
  private static let turn = 4

  private static let poweredOff = EmulatorHalt.exited(status: 0)

  /// Calls `body` with every offset that is the part's.
  private func forEachOffset(
    upTo end: Int, part: Int, _ body: (Int) -> Void
  ) async {
    for offset in stride(from: part, to: end, by: Self.parts) {
      body(offset)
      if offset / Self.parts % Self.turn == 0 { await Task.yield() }
    }
  }

  /// `==` looks at one byte at a time in a debug build.
  private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && memcmp(left, right, left.count) == 0
  }

  /// A log that is as good as one that was never harmed has to say the same.
  private func checkThat(
    _ harmed: [UInt8], isNotBelievedUnlessItSaysAs payloads: [[UInt8]],
    _ what: @autoclosure () -> String
  ) {
    let transcript = Transcript(harmed)
    guard transcript.ending(after: Self.poweredOff).kind == .completed else { return }
    let isTheSame =
      transcript.records.count == payloads.count
      && zip(transcript.records, payloads).allSatisfy { Self.areEqual($0.payload, $1) }
    if !isTheSame {
      Issue.record("complete though harmed: \(what())")
    }
  }

  @Test(arguments: 0..<parts)
  func aLogThatIsCutIsNeverComplete(part: Int) async throws {
    let bytes = try GuestConsole.wide.bytes
    // What comes behind the last trailer is the kernel's farewell.
    let trailer = Array("@cmalab 1 end 17".utf8)
    let end = try #require(bytes.firstRange(of: trailer)).upperBound
    await forEachOffset(upTo: end, part: part) { offset in
      let transcript = Transcript(Array(bytes[..<offset]))
      if transcript.ending(after: Self.poweredOff).kind == .completed {
        Issue.record("complete though cut after \(offset) bytes")
      }
    }
  }

  @Test(arguments: 0..<parts)
  func aFlippedBitIsSeen(part: Int) async throws {
    let bytes = try GuestConsole.wide.bytes
    let payloads = Transcript(bytes).records.map(\.payload)
    var harmed = bytes
    await forEachOffset(upTo: bytes.count, part: part) { offset in
      harmed[offset] ^= 1 << (offset % 7)
      checkThat(harmed, isNotBelievedUnlessItSaysAs: payloads, "byte \(offset) flipped")
      harmed[offset] = bytes[offset]
    }
  }

  @Test(arguments: 0..<parts)
  func aMessageInBetweenChangesNothing(part: Int) async throws {
    let bytes = try GuestConsole.wide.bytes
    let payloads = Transcript(bytes).records.map(\.payload)
    let message = Array("[   12.345678] mm: something\r\n".utf8)
    await forEachOffset(upTo: bytes.count, part: part) { offset in
      let harmed = Array(bytes[..<offset]) + message + Array(bytes[offset...])
      checkThat(harmed, isNotBelievedUnlessItSaysAs: payloads, "a message at \(offset)")
    }
  }
}
