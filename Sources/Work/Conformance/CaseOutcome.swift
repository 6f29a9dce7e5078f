// SPDX-License-Identifier: Apache-2.0

package import Emulator
import KernelConsole
import Observations
package import Predictions
import Records
package import Transcripts
import Verdicts

/// What a booted case did.
package struct CaseOutcome: Sendable {
  private let observations: Observations
  private let end: PredictionComparison.End

  package init(_ transcript: Transcript, halt: EmulatorHalt) {
    observations = Observations(transcript)
    let ending = transcript.ending(after: halt)
    end =
      switch ending.kind {
      case .panicked, .faulted: .dead(words: ending.line)
      case .oopsed where KernelDistress(in: ending.line.kernelMessage)?.kind == .oops:
        .dead(words: ending.line)
      default: transcript.hasReachedUserSpace ? .alive : .silent
      }
  }

  /// How a prediction differs from it, one phrase each; empty where it does not.
  package func differences(from prediction: Prediction) -> [String] {
    let unknown = prediction.unknown.map { ["answered unknown: \($0)"] } ?? []
    return unknown
      + PredictionComparison(
        byLogOf: observations, PredictedRecord(prediction), end: end
      ).differences
  }
}
