// SPDX-License-Identifier: Apache-2.0

package import Transcripts

/// What decides the verdict of a run.
package enum VerdictGround: Hashable, Sendable {
  /// How the run ended.
  case ending
  /// The check that fails or proves nothing.
  case check(Check)
  /// The test that fails or proves nothing.
  case test(RunRecord.TestRecord)
  /// Nothing was checked, so nothing was proved.
  case nothing
  /// Every check and every test passed.
  case all

  /// For a record whose verdict is another one.
  var words: String {
    switch self {
    case .ending: "its ending"
    case .check(let check): "its check \(check.id)"
    case .test(let test): "its test \(test.name)"
    case .nothing: "no checks"
    case .all: "its checks and tests"
    }
  }
}

extension Verdict {
  /// The verdict that a run's ending, checks and tests come to: the only rule, for whoever judges a
  /// run and for whoever reads its record.
  ///
  /// - Parameter ending: nil for a run that has not ended.
  package static func due(
    ending: Ending.Kind?, checks: [Check], tests: [RunRecord.TestRecord]
  ) -> (verdict: Verdict, ground: VerdictGround) {
    switch ending {
    case .panicked, .oopsed, .faulted: return (.fail, .ending)
    case .timedOut, .silent, .emulatorExited, .corrupted, .interrupted, nil:
      return (.inconclusive, .ending)
    case .completed: break
    }
    let counted = checks.filter { $0.id != .prediction }
    guard !counted.isEmpty else { return (.inconclusive, .nothing) }
    // A guest that is another machine than the one asked for proves nothing, not even a failure.
    let unproved = counted.first { $0.id.isPremise && $0.verdict == .inconclusive }
    if let check = unproved ?? counted.first(where: { $0.verdict == .fail })
      ?? counted.first(where: { $0.verdict == .inconclusive })
    {
      return (check.verdict, .check(check))
    }
    for verdict in [Verdict.fail, .inconclusive] {
      if let test = tests.first(where: { $0.verdict == verdict }) { return (verdict, .test(test)) }
    }
    return (.pass, .all)
  }
}
