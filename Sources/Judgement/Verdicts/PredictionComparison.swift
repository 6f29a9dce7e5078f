// SPDX-License-Identifier: Apache-2.0

import KernelConsole
package import Observations
import Predictions
import Quantities
package import Records

/// What was predicted of a guest, held against what it did: one phrase for each difference.
package struct PredictionComparison: Sendable {
  /// How far the guest came.
  package enum End: Hashable, Sendable {
    case alive
    /// - Parameter words: the kernel's last.
    case dead(words: String?)
    /// It neither died nor reached its user space.
    case silent
  }

  private let predicted: PredictedRecord
  private let observations: Observations
  private let end: End
  /// Of a guest that reported its pools and regions; nil for one of which there is the log alone.
  private let regions: RegionLedger?

  init(
    _ predicted: PredictedRecord, observations: Observations, end: End, regions: RegionLedger
  ) {
    self.predicted = predicted
    self.observations = observations
    self.end = end
    self.regions = regions
  }

  /// By the log alone: every message that the kernel prints while it reserves memory counts, word
  /// for word.
  package init(byLogOf observations: Observations, _ predicted: PredictedRecord, end: End) {
    self.predicted = predicted
    self.observations = observations
    self.end = end
    regions = nil
  }

  /// Empty where nothing differs.
  package var differences: [String] {
    guard let regions else { return ofEnd + ofMessages + ofReservedTotal }
    return ofEnd + ofRefusal + ofPools(regions.areas)
      + (end == .alive ? ofRegions(regions) : []) + ofTotal + ofCrashKernel
  }

  private var ofEnd: [String] {
    switch (predicted.fatality, end) {
    case (nil, .dead(let words)) where predicted.hazards.isEmpty:
      ["the guest died" + (words.map { ": \($0)" } ?? "")]
    case (let fatality?, .alive): ["the guest did not die (\(fatality.rawValue))"]
    case (nil, .silent) where predicted.hazards.isEmpty: ["the guest said nothing more"]
    default: []
    }
  }

  private var ofRefusal: [String] {
    switch (predicted.refusal, observations.cmaMessages.failed.first) {
    case (nil, let failure?): ["refused: \(failure.evidence.text)"]
    case (let refusal?, nil): ["not refused, as in '\(refusal)'"]
    case (let refusal?, let failure?) where !failure.evidence.text.hasSuffix(refusal):
      ["refused in other words: \(failure.evidence.text)"]
    default: []
    }
  }

  private func ofPools(_ areas: GuestAreas) -> [String] {
    guard areas.hasListing else {
      let pool = predicted.pools.first { $0.name == CMAArea.defaultName }
      let logged = observations.cmaMessages.reserved.first?.value.base
      return pool.flatMap { $0.base == logged ? nil : ["no pool at \($0.base) in the log"] } ?? []
    }
    let due = predicted.pools.filter(\.isActive)
    let missing = due.filter { pool in
      !areas.all.contains { area in
        (area.name == pool.name || area.owner == .node(pool.name))
          && area.range.start == pool.base && area.range.size == pool.bytes
      }
    }
    return missing.map { "no pool '\($0.name)' of that place and size" }
      + (areas.all.count > due.count ? ["\(areas.all.count) pools, not \(due.count)"] : [])
  }

  /// Where the kernel puts regions, carve-outs included, and which it refuses.
  private func ofRegions(_ regions: RegionLedger) -> [String] {
    predicted.regions.compactMap { due in
      guard let entry = regions.entries.first(where: { $0.region.node == due.node }) else {
        return nil
      }
      let fate = entry.fate
      let isSame =
        switch (due.outcome, fate.kind) {
        case (.pool, .pool), (.reserved, .reserved), (.carveOut, .carveOut), (.carveOut, .outside),
          (.coherentPool, .carveOut), (.coherentPool, .outside), (.coherentPool, .reserved),
          (.refused, .refused), (.refused, .bypassed):
          true
        // Created all the same: what the kernel says to it comes later.
        case (.pool, .refused): predicted.pools.contains { $0.name == due.node && !$0.isActive }
        default: false
        }
      if !isSame { return "'\(due.node)' is \(entry.outcome.summary), not \(due.outcome.rawValue)" }
      guard let range = due.range, let seen = fate.range, fate.isPlaceTold, seen != range else {
        return nil
      }
      return "'\(due.node)' is at \(seen), not \(range)"
    }
  }

  private var ofTotal: [String] {
    guard let total = observations.memoryInfo?.cmaTotal?.value, total != predicted.cmaTotalBytes
    else { return [] }
    return ["CmaTotal \(total)"]
  }

  /// The kernel's own count, of which an area that is given up later is a part.
  private var ofReservedTotal: [String] {
    guard let total = observations.cmaMessages.reservedByMemoryLine?.value else { return [] }
    let due = ByteCount(predicted.pools.reduce(0) { $0 + $1.bytes.bytes })
    return total == due ? [] : ["cma-reserved \(total), predicted \(due)"]
  }

  private var ofCrashKernel: [String] {
    guard let observed = observations.ioMemory?.crashKernel.map(\.value),
      observed != predicted.crashKernel?.ranges ?? []
    else { return [] }
    return [observed.isEmpty ? "no crash kernel" : "a crash kernel elsewhere"]
  }

  private var ofMessages: [String] {
    let due = predicted.messages
    // Where memory is short there may be none for the bitmap of an area (cma_activate_area).
    let isShort =
      predicted.fatality == .outOfMemory || predicted.hazards.contains(.littleMemory)
    let said = observations.kernelLog.ofReservations.filter {
      !(isShort && Self.isOfInactivePool($0) && !due.contains($0))
    }
    if predicted.fatality != nil, said.isEmpty { return [] }
    // A kernel that dies, or hangs on a hazard, says only the beginning.
    let isCut =
      switch end {
      case .alive: false
      case .dead: true
      case .silent: predicted.fatality != nil || !predicted.hazards.isEmpty
      }
    if said == due || isCut && due.starts(with: said) { return [] }
    let index = zip(said, due).prefix { $0 == $1 }.count
    return [
      "message \(index): said '\(index < said.count ? said[index] : "nothing")', "
        + "predicted '\(index < due.count ? due[index] : "nothing")'"
    ]
  }

  private static func isOfInactivePool(_ text: String) -> Bool {
    let said = MemoryMessage(text, after: String?.none).flatMap { KernelComplaint.Said($0) }
    return said?.kind.id == .notActivated
  }
}

extension KernelLog {
  /// What the kernel said while it reserved memory, in its order.
  fileprivate var ofReservations: [String] {
    var previous: String?
    return messages.filter { message in
      defer { previous = message.text }
      return !message.isEcho
        && MemoryMessage.isOfReservation(message.text[...], after: previous.map { $0[...] })
    }.map(\.text)
  }
}
