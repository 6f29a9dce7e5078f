// SPDX-License-Identifier: Apache-2.0
package import Emulator
import MemoryRequests
import Observations
import Transcripts

extension RunRecord {
  /// The record of a run that has been judged.
  package init(
    _ request: RunRequest, predicted: PredictedRecord? = nil, _ judgement: Judgement,
    outcome: EmulatorOutcome,
    artifacts: [String: String], timing: [String: Double]
  ) {
    self.init(
      schema: Self.currentSchema, verdict: judgement.verdict, reason: judgement.reason,
      ending: EndingRecord(
        kind: judgement.ending.kind, line: judgement.ending.line,
        consoleLine: judgement.ending.consoleLine, stage: judgement.ending.stage),
      request: request, predicted: predicted, observed: ObservedRecord(judgement.observations),
      winner: judgement.precedence.map { WinnerRecord(via: $0.way, reason: $0.explanation) },
      regions: judgement.regions, trace: judgement.observations.trace,
      checks: judgement.checks, tests: judgement.tests, emulator: outcome, artifacts: artifacts,
      timing: timing)
  }

  /// The record of a run that has not ended: what is found if it never does.
  package static func pending(
    _ request: RunRequest, predicted: PredictedRecord? = nil, artifacts: [String: String]
  ) -> RunRecord {
    RunRecord(
      schema: currentSchema, verdict: .inconclusive, reason: "the run has not ended",
      ending: EndingRecord(kind: nil, line: "", consoleLine: nil, stage: nil), request: request,
      predicted: predicted,
      observed: ObservedRecord(Observations(Transcript([]))), winner: nil, regions: [], trace: nil,
      checks: [],
      tests: [],
      emulator: nil, artifacts: artifacts, timing: [:])
  }
}
