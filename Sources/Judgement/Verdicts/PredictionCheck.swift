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
  static let id = "prediction"

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
        id: Self.id, verdict: .inconclusive, expected: "nobody can know: \(unknown)",
        observed: observed, source: source)
    }
    // What a log that is not whole does not say may have been said.
    if let gap = regions.accounts.gap, ending.kind == .completed {
      return Check(
        id: Self.id, verdict: .inconclusive, expected: expected,
        observed: "\(observed), but \(gap)",
        source: source)
    }
    return Check(Self.id, mismatches.isEmpty, expected: expected, observed: observed, source)
  }

  /// What differs, one phrase each.
  var mismatches: [String] {
    var differences: [String] = []
    let died = ending.kind != .completed
    switch (predicted.fatality, died) {
    case (nil, true) where predicted.hazards.isEmpty: differences.append("the guest died")
    case (let fatality?, false): differences.append("the guest did not die (\(fatality.rawValue))")
    default: break
    }
    let failed = observations.cmaMessages.failed
    switch (predicted.refusal, failed.first) {
    case (nil, let failure?): differences.append("refused: \(failure.evidence.text)")
    case (let refusal?, nil): differences.append("not refused, as in '\(refusal)'")
    case (let refusal?, let failure?) where !failure.evidence.text.hasSuffix(refusal):
      differences.append("refused in other words: \(failure.evidence.text)")
    default: break
    }
    let areas = regions.areas
    if areas.hasListing {
      let due = predicted.pools.filter(\.isActive)
      for pool in due {
        let isThere = areas.all.contains { area in
          (area.name == pool.name || area.owner == .node(pool.name))
            && area.range.start == pool.base && area.range.size == pool.bytes
        }
        if !isThere { differences.append("no pool '\(pool.name)' of that place and size") }
      }
      if areas.all.count > due.count {
        differences.append("\(areas.all.count) pools, not \(due.count)")
      }
    } else if let pool = predicted.pools.first(where: { $0.name == CMAArea.defaultName }) {
      let logged = observations.cmaMessages.reserved.first?.value.base
      if logged != pool.base { differences.append("no pool at \(pool.base) in the log") }
    }
    if ending.kind == .completed { differences += regionMismatches }
    if let total = observations.memoryInfo?.cmaTotal?.value, total != predicted.cmaTotalBytes {
      differences.append("CmaTotal \(total)")
    }
    if let observed = observations.ioMemory?.crashKernel.map(\.value) {
      if observed != predicted.crashKernel?.ranges ?? [] {
        differences.append(observed.isEmpty ? "no crash kernel" : "a crash kernel elsewhere")
      }
    }
    return differences
  }

  /// Where the kernel puts regions, carve-outs included, and which it refuses.
  private var regionMismatches: [String] {
    predicted.regions.compactMap { due in
      guard let entry = regions.entries.first(where: { $0.region.node == due.node }) else {
        return nil
      }
      let fate = entry.fate
      let isSame =
        switch (due.outcome, fate.kind) {
        case ("pool", .pool), ("reserved", .reserved), ("carve-out", .carveOut),
          ("carve-out", .outside), ("coherent-pool", .carveOut), ("coherent-pool", .outside),
          ("coherent-pool", .reserved), ("refused", .refused), ("refused", .bypassed):
          true
        default: false
        }
      if !isSame { return "'\(due.node)' is \(entry.outcome.summary), not \(due.outcome)" }
      guard let range = due.range, let seen = fate.range, seen != range else { return nil }
      return "'\(due.node)' is at \(seen), not \(range)"
    }
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
