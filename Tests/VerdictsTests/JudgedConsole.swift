// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import MemoryRequests
import Quantities
import Records
import Transcripts
import Verdicts

extension GuestConsole {
  /// The verdict on the log as it is, of a QEMU that halted like that.
  func judged(_ halt: EmulatorHalt = .exited(status: 0)) throws -> Judgement {
    Judgement(
      request, transcript: Transcript(try bytes),
      outcome: EmulatorOutcome(halt: halt, complaints: "", seconds: 1))
  }

  /// The verdict on the log with its records altered, and framed again.
  func judged(altering alter: (inout FramedConsole) -> Void) throws -> Judgement {
    var console = try FramedConsole(self)
    alter(&console)
    return request.judged(console.bytes)
  }

  func judged(_ bytes: [UInt8], complaints: String = "") -> Judgement {
    Judgement(
      request, transcript: Transcript(bytes),
      outcome: EmulatorOutcome(halt: .exited(status: 0), complaints: complaints, seconds: 1))
  }
}

extension RunRequest {
  /// The verdict on a log whose guest powered off.
  func judged(_ bytes: [UInt8]) -> Judgement {
    Judgement(
      self, transcript: Transcript(bytes),
      outcome: EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 1))
  }
}

extension Judgement {
  func check(_ id: String) -> Check? { checks.first { $0.id.rawValue == id } }

  /// The checks of that verdict.
  func ids(_ verdict: Verdict) -> [String] {
    checks.filter { $0.verdict == verdict }.map(\.id.rawValue)
  }
}
