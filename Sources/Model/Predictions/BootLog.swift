// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a boot comes to: the only writer of what becomes a ``Prediction``.
struct BootLog {
  private(set) var prediction: Prediction
  private var unknown: [String] = []

  init(_ facts: KernelFacts) {
    prediction = Prediction(
      line: facts.rules.line, checkedRelease: facts.checkedRelease, basis: .undecided,
      alignment: ByteCount(facts.poolAlignment), assumptions: facts.assumptions, totalBytes: .zero)
  }

  /// What the kernel prints, without level and time.
  mutating func say(_ message: String) {
    prediction.messages.append(message)
  }

  /// That something which is not modelled, or not known, changes where pools go.
  mutating func cannotPredict(_ what: String) {
    unknown.append(what)
    prediction.unknown = unknown.joined(separator: "; ")
  }

  /// What a reader of the kernel's own words has to know.
  mutating func remark(_ what: String) {
    prediction.remarks.append(what)
  }

  // MARK: RAM

  /// Notes down what lies in RAM.
  mutating func note(_ start: UInt64, _ size: UInt64, _ owner: Owner) {
    guard let range = PhysicalRange(at: start, bytes: size) else { return }
    // Tables taken one after the other are one reservation to a reader.
    if let last = prediction.reservations.last, last.owner == owner, range < last.range,
      let both = range.joined(to: last.range)
    {
      prediction.reservations[prediction.reservations.count - 1].range = both
    } else {
      prediction.reservations.append(.init(owner: owner, range: range))
    }
  }

  /// A region's memory is given back.
  ///
  /// - Returns: what else is noted down.
  mutating func drop(_ region: String, at start: UInt64) -> [Prediction.Reservation] {
    prediction.reservations.removeAll {
      $0.owner == .region(region) && $0.range.start.value == start
    }
    return prediction.reservations
  }

  /// - Parameter holes: what is free once the pools are placed, by address.
  mutating func finish(holes: [Memblock.Region]) {
    prediction.holes = holes.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    prediction.freeBytes = ByteCount(holes.reduce(0) { $0 + $1.size })
  }

  // MARK: Pools and regions

  mutating func decide(_ basis: Prediction.Basis) {
    prediction.basis = basis
  }

  mutating func search(upTo limit: UInt64) {
    prediction.limit = PhysicalAddress(limit)
  }

  /// - Parameter message: the kernel's words.
  mutating func refusePool(_ cause: PoolRefusal, _ message: String) {
    prediction.refusal = .init(cause: cause, message: message)
  }

  mutating func finish(_ areas: CMAAreaTable, countingInactive: Bool) {
    prediction.pools = areas.pools
    prediction.totalBytes = ByteCount(areas.bytes(countingInactive: countingInactive))
  }

  mutating func block(_ blocker: PoolBlocker) {
    prediction.blocker = blocker
  }

  mutating func settle(
    _ region: String, _ outcome: Prediction.Region.Outcome, message: String? = nil
  ) {
    let settled = Prediction.Region(name: region, outcome: outcome, message: message)
    if let index = prediction.regions.firstIndex(where: { $0.name == region }) {
      prediction.regions[index] = settled
    } else {
      prediction.regions.append(settled)
    }
  }

  /// - Parameter message: the kernel's words, where they name the region.
  mutating func refuse(_ region: String, _ cause: RegionRefusal, _ message: String?) {
    if let message { say(message) }
    let earlier = prediction.regions.first { $0.name == region }?.message
    settle(region, .refused(cause), message: earlier ?? message)
  }

  /// The same for a region that was not refused before: it stays refused.
  mutating func settleUnlessRefused(_ region: String, _ outcome: Prediction.Region.Outcome) {
    let known = prediction.regions.first { $0.name == region }
    if case .refused = known?.outcome { return }
    settle(region, outcome)
  }

  mutating func settleCrashKernel(_ outcome: Prediction.CrashKernel) {
    prediction.crashKernel = outcome
  }

  // MARK: The end

  /// How the boot ends: the first cause counts.
  mutating func fail(_ fatality: Prediction.Fatality) {
    if prediction.fatality == nil { prediction.fatality = fatality }
  }

  mutating func warn(_ hazard: Prediction.Hazard) {
    if !prediction.hazards.contains(hazard) { prediction.hazards.append(hazard) }
  }

  /// - Parameter other: what the pool covers; nil for what is not there.
  mutating func warn(
    _ hazard: Prediction.Hazard, of pool: Prediction.Pool, covering other: String? = nil
  ) {
    warn(hazard, of: pool.name, at: pool.range, covering: other)
  }

  /// The same of what may become a pool.
  mutating func warn(
    _ hazard: Prediction.Hazard, of name: String, at range: PhysicalRange, covering other: String?
  ) {
    warn(hazard)
    prediction.exposures.append(.init(hazard: hazard, pool: name, range: range, other: other))
  }
}
