// SPDX-License-Identifier: Apache-2.0

extension RunRecord {
  /// The record of a run that has not ended: what is found if it never does.
  package static func pending(
    _ request: RunRequest, predicted: PredictedRecord? = nil, artifacts: [String: String]
  ) -> RunRecord {
    RunRecord(
      schema: currentSchema, verdict: .inconclusive, reason: "the run has not ended",
      ending: EndingRecord(kind: nil, line: "", consoleLine: nil, stage: nil), request: request,
      predicted: predicted,
      observed: .nothing, winner: nil, regions: [], trace: nil,
      checks: [],
      tests: [],
      emulator: nil, artifacts: artifacts, timing: [:])
  }
}
