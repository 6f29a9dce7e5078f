// SPDX-License-Identifier: Apache-2.0

import Observations
import Predictions
import Quantities
import Records
import Transcripts

/// What was predicted, held against what the guest did, pool by pool.
///
/// A prediction that fails says nothing about the board: the model is wrong, or the kernel is one
/// that it does not know. So this check stands by itself and never decides a verdict.
struct PredictionCheck {
  let predicted: PredictedRecord
  let observations: Observations
  let ending: Ending
  let regions: RegionLedger

  /// Nil for a run of which nothing can be compared.
  var check: Check? {
    switch ending.kind {
    case .completed, .panicked, .oopsed: break
    case .faulted, .timedOut, .silent, .emulatorExited, .corrupted, .interrupted: return nil
    }
    let source = evidence
    if let unknown = predicted.unknown {
      return Check(
        id: .prediction, verdict: .inconclusive, expected: "cannot be predicted: \(unknown)",
        observed: observed, source: source)
    }
    // What a log that is not whole does not say may have been said.
    if let gap = regions.accounts.gap, ending.kind == .completed {
      return Check(
        id: .prediction, verdict: .inconclusive, expected: expected,
        observed: "\(observed), but \(gap)",
        source: source)
    }
    return Check(.prediction, mismatches.isEmpty, expected: expected, observed: observed, source)
  }

  private var mismatches: [String] {
    PredictionComparison(
      predicted, observations: observations,
      end: ending.kind == .completed ? .alive : .dead(words: nil), regions: regions
    ).differences
  }

  private var expected: String {
    let end = predicted.fatality.map { ", then the end: \($0.rawValue)" } ?? ""
    return Self.words(
      predicted.pools.map { ($0.name, $0.base, $0.bytes) }, refusal: predicted.refusal,
      crashKernel: predicted.crashKernel?.ranges ?? []) + end
  }

  private var observed: String {
    let areas = ObservedPools(observations, regions.areas).areas.map {
      ($0.name, $0.base, $0.bytes)
    }
    let failure = observations.cmaMessages.failed.first?.evidence.text
    let words = Self.words(
      areas, refusal: failure, crashKernel: observations.ioMemory?.crashKernel.map(\.value) ?? [])
    guard predicted.unknown == nil, !mismatches.isEmpty else { return words }
    return "\(words) (\(mismatches.joined(separator: "; ")))"
  }

  private static func words(
    _ pools: [(name: String, base: PhysicalAddress, bytes: ByteCount)], refusal: String?,
    crashKernel: [PhysicalRange]
  ) -> String {
    var words = pools.map { "\($0.name) \($0.bytes) at \($0.base)" }
    if refusal != nil { words.append("default pool refused") }
    if words.isEmpty { words.append("no pool") }
    words += crashKernel.map { "crash kernel \($0.size) at \($0.start)" }
    return words.joined(separator: ", ")
  }

  private var evidence: [Evidence] {
    (observations.cmaAreas?.areas.map(\.evidence)
      ?? observations.cmaMessages.reserved.map(\.evidence))
      + observations.cmaMessages.failed.map(\.evidence)
  }
}
