// SPDX-License-Identifier: Apache-2.0

package import Emulator
import KernelConsole
package import MemoryRequests
package import Observations
import Quantities
package import Records
package import Transcripts

/// The verdict of a run, from what was asked, what the console says, and how the emulator ended.
package struct Judgement: Sendable {
  package let verdict: Verdict
  package let reason: String
  package let ending: Ending
  package let checks: [Check]
  package let tests: [RunRecord.TestRecord]
  package let observations: Observations
  /// Which setting was to make the default pool; nil for a guest that did not end as it should.
  package let precedence: PoolPrecedence?
  /// What became of each node of reserved-memory.
  package let regions: [RegionOutcome]
  /// The CMA areas of the guest, each with its owner.
  let areas: GuestAreas

  /// - Parameter predicted: what was predicted before the run; compared, but without a say in the
  ///   verdict.
  package init(
    _ request: RunRequest, predicted: PredictedRecord? = nil, transcript: Transcript,
    outcome: EmulatorOutcome
  ) {
    let observations = Observations(transcript)
    let ending = transcript.ending(after: outcome.halt)
    self.observations = observations
    self.ending = ending
    let isComplete = ending.kind == .completed
    let ledger = RegionLedger(request: request, observations: observations)
    let layout =
      isComplete
      ? GuestChecks(request: request, observations: observations).all
        + LayoutChecks(request: request, observations: observations, regions: ledger).all
      : []
    let pools = PoolChecks(request: request, observations: observations, regions: ledger)
    let pool =
      isComplete ? KernelHealthChecks(observations: observations).all + pools.all : []
    let prediction = predicted.flatMap {
      PredictionCheck(
        predicted: $0, observations: observations, ending: ending, regions: ledger
      ).check
    }
    checks = layout + pool + (prediction.map { [$0] } ?? [])
    precedence = isComplete ? pools.defaultPool.precedence : nil
    regions = isComplete ? ledger.outcomes : []
    areas = ledger.areas
    let reasons = FailureReason(
      request: request, predicted: predicted, observations: observations,
      regions: ledger.outcomes, precedence: pools.defaultPool.precedence)
    let tests = RunRecord.TestRecord.all(asked: request, observations.tests)
    self.tests = tests
    let due = Verdict.due(ending: ending.kind, checks: checks, tests: tests)
    verdict = due.verdict
    reason =
      switch due.ground {
      case .ending: reasons.cause(of: ending, outcome).line
      case .check(let check) where check.verdict == .fail: reasons.cause(of: check).line
      case .check(let check):
        "\(check.id): expected \(check.expected), and the guest says \(check.observed)"
      case .test(let test) where test.verdict == .fail:
        FailureCause("test '\(test.name)': \(test.reason)").line
      case .test(let test):
        // What was asked of the pool itself has been proved.
        FailureCause(
          "\(Self.proof(observations, ledger.areas)), as the guest reports; "
            + "test '\(test.name)': \(test.reason)"
        ).line
      case .nothing: "nothing was checked"
      case .all: "\(Self.proof(observations, ledger.areas)), as the guest reports"
      }
  }

  /// `3000 MiB of CMA at 0x34800000`, `608 MiB of CMA in 3 pools`.
  private static func proof(_ observations: Observations, _ areas: GuestAreas) -> String {
    let size = observations.memoryInfo?.cmaTotal?.value ?? .zero
    let pools = ObservedPools(observations, areas).areas
    if pools.count > 1 { return "\(size) of CMA in \(pools.count) pools" }
    return "\(size) of CMA" + (pools.first.map { " at \($0.base)" } ?? "")
  }
}
