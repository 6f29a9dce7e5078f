// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
package import Records
import Transcripts

/// What the model foretold of a guest, what the judge found, and what a second reading of its raw
/// records finds: where they differ, one of them is wrong.
package struct ThreeOpinions: Sendable {
  /// One phrase each; empty where all agree.
  package let differences: [String]
  /// Whether the guest came to its end, and so could be compared.
  let isCompared: Bool

  /// - Parameters:
  ///   - record: the run, judged, with what was predicted of it.
  ///   - console: the run's console log.
  ///   - model: the board's model where the case sets it.
  package init(_ record: RunRecord, console: [UInt8], model: String?) {
    let predicted = record.predicted
    let isDoomed = predicted.map { $0.fatality != nil || !$0.hazards.isEmpty } ?? false
    guard record.ending.kind == .completed else {
      isCompared = false
      differences =
        isDoomed
        ? [] : ["the guest ended as \(record.ending.kind?.rawValue ?? "nothing"): \(record.reason)"]
      return
    }
    isCompared = true
    let raw = RawOpinion(record.request, console: console, model: model)
    var differences: [String] = []
    for region in record.request.regions {
      let judged = record.regions.first { $0.node == region.node }.map(RawReading.Answer.init)
      let read = raw.answers[region.node]
      if !Self.agree(judged, read) {
        differences.append(
          "'\(region.node)': the judge says \(Self.words(judged)), the raw records \(Self.words(read))"
        )
      }
      guard let predicted, predicted.unknown == nil, !isDoomed else { continue }
      let due = predicted.regions.first { $0.node == region.node }
        .map { RawReading.Answer($0, of: region, base: judged) }
      if !Self.agree(judged, due) {
        differences.append(
          "'\(region.node)': the judge says \(Self.words(judged)), the model \(Self.words(due))")
      }
    }
    let verdict = record.verdict
    if verdict != (raw.holds ? .pass : .fail) {
      differences.append(
        "the judge says \(verdict.rawValue) (\(record.reason)), the raw records "
          + (raw.holds ? "hold" : "do not hold: \(raw.faults.joined(separator: "; "))"))
    }
    if let check = record.prediction, check.verdict == .fail {
      differences.append("the model's prediction: \(check.observed)")
    }
    self.differences = differences
  }

  /// A place that one of them does not know is no difference.
  private static func agree(_ one: RawReading.Answer?, _ other: RawReading.Answer?) -> Bool {
    guard let one, let other else { return false }
    return one.fate == other.fate
      && (one.base == nil || other.base == nil || one.base == other.base)
  }

  private static func words(_ answer: RawReading.Answer?) -> String {
    answer.map(\.description) ?? "nothing"
  }
}

/// What the raw records say of a request.
private struct RawOpinion {
  let answers: [String: RawReading.Answer]
  let faults: [String]
  var holds: Bool { faults.isEmpty }

  init(_ request: RunRequest, console: [UInt8], model: String?) {
    let reading = RawReading(console: console, model: model)
    let banks = request.banks.map { $0.start.value...$0.last.value }
    let wishes = request.regions.map(RawReading.Wish.init)
    answers = reading.answers(to: wishes, banks: banks)
    var faults = reading.faults(of: answers, to: wishes, banks: banks)
    let isBypassing = request.commandLinePool != nil
    var poolBytes: UInt64 = 0
    for wish in wishes {
      guard let answer = answers[wish.node] else { continue }
      let isBypassed = wish.isPool && wish.isDefault && isBypassing
      if wish.isPool, !isBypassed { poolBytes += wish.bytes }
      let due: [RawReading.Answer.Fate] =
        isBypassed
        ? [.bypassed]
        : wish.isPool ? [.pool] : wish.isNoMap ? [.unmapped, .outside] : [.mapped]
      if !due.contains(answer.fate) || !wish.admits(answer.base) {
        faults.append("\(wish.node) is \(answer)")
      }
    }
    let unit: UInt64 = 4 << 20
    let asked = request.commandLinePool.map { ($0.bytes.bytes + unit - 1) / unit * unit } ?? 0
    if let total = reading.totalKibibytes, total << 10 != asked + poolBytes {
      faults.append("CmaTotal is \(total) kB, not \((asked + poolBytes) >> 10)")
    }
    self.faults = faults
  }
}

extension RawReading.Wish {
  fileprivate init(_ region: RunRequest.Region) {
    node = region.node
    bytes = region.bytes.bytes
    base = region.base?.value
    isPool = region.isPool
    isNoMap = region.isNoMap
    isDefault = region.isDefault
    windows = (region.windows ?? []).map { $0.start.value...$0.last.value }
    alignment = max(1, region.alignment?.bytes ?? 1)
  }

  fileprivate func admits(_ place: UInt64?) -> Bool {
    guard let place, bytes > 0 else { return true }
    if let base { return place == base }
    return place % alignment == 0
      && (windows.isEmpty
        || windows.contains { $0.contains(place) && $0.contains(place + bytes - 1) })
  }
}

extension RawReading.Answer {
  fileprivate init(_ outcome: RegionOutcome) {
    let fate: Fate =
      switch outcome.kind {
      case .pool: .pool
      case .carveOut: .unmapped
      case .outside: .outside
      case .reserved: .mapped
      case .bypassed: .bypassed
      case .refused, .unseen: .refused
      }
    self.init(fate: fate, base: outcome.base?.value)
  }

  /// - Parameter judged: the model does not tell a region that is bypassed, or that lies outside of
  ///   RAM, from others; there the judge's word is taken.
  fileprivate init(
    _ region: PredictedRecord.Region, of asked: RunRequest.Region, base judged: RawReading.Answer?
  ) {
    let fate: Fate =
      switch (region.outcome, judged?.fate) {
      case (.pool, _): .pool
      case (.coherentPool, .outside), (.carveOut, .outside): .outside
      case (.coherentPool, _): asked.isNoMap ? .unmapped : .mapped
      case (.carveOut, _): .unmapped
      case (.reserved, _): .mapped
      case (.refused, .bypassed): .bypassed
      case (.refused, _): .refused
      }
    self.init(fate: fate, base: region.range?.start.value)
  }
}
