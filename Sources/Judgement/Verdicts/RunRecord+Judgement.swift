// SPDX-License-Identifier: Apache-2.0

package import Emulator
import MemoryRequests
import Observations
package import Records
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
        consoleLine: judgement.ending.consoleLine, stage: judgement.ending.stage,
        firstFault: judgement.ending.firstFault),
      request: request, predicted: predicted,
      observed: ObservedRecord(judgement.observations, areas: judgement.areas),
      winner: judgement.precedence.map { WinnerRecord(via: $0.way, reason: $0.explanation) },
      regions: judgement.regions, trace: judgement.observations.trace,
      checks: judgement.checks, tests: judgement.tests, emulator: outcome, artifacts: artifacts,
      timing: timing)
  }
}
