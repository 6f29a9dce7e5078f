// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Predictions
package import Quantities

/// What was predicted before the guest was started, as the record keeps it.
package struct PredictedRecord: Hashable, Sendable, Codable {
  /// The setting that decided about the default pool, under its way's name, or `none`.
  package struct Setting: Hashable, Sendable, Codable {
    package let way: PoolWay?

    init(_ way: PoolWay?) {
      self.way = way
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let isNone = try container.decode(String.self) == Self.none
      way = isNone ? nil : try container.decode(PoolWay.self)
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(way?.rawValue ?? Self.none)
    }

    private static let none = "none"
  }

  package struct Pool: Hashable, Sendable, Codable {
    package let name: String
    package let base: PhysicalAddress
    package let bytes: ByteCount
    package let isDefault: Bool
    /// Whether its pages can be allocated: an area over two zones is given up.
    package let isActive: Bool
  }

  package struct Region: Hashable, Sendable, Codable {
    package enum Outcome: String, Hashable, Sendable, Codable {
      case pool
      case coherentPool = "coherent-pool"
      case carveOut = "carve-out"
      case reserved
      case refused
    }

    package let outcome: Outcome
    package let node: String
    /// Nil for one that is refused.
    package let range: PhysicalRange?
    /// Why it is refused.
    package let reason: String?
    /// The same in a word for scripts; nil in records of earlier releases as well.
    package let refusal: RegionRefusal.ID?
  }

  /// Memory for a second kernel: `crashkernel=`.
  package struct CrashKernel: Hashable, Sendable, Codable {
    /// What it gets, by address: one range, or one below the DMA limit and one above; none where it
    /// is refused.
    package let ranges: [PhysicalRange]
    /// Why it is refused; nil where it is not.
    package let refusal: String?
  }

  /// A pool that has one of ``hazards``.
  package struct Exposure: Hashable, Sendable, Codable {
    package let hazard: Prediction.Hazard
    package let pool: String
    package let range: PhysicalRange
    /// What the pool covers; nil for what is not there.
    package let other: String?
  }

  package struct Reservation: Hashable, Sendable, Codable {
    package let owner: String
    package let range: PhysicalRange
  }

  /// The kernel line whose rules were followed, and the release on which they were checked.
  package let line: String
  package let checkedRelease: String
  package let setting: Setting
  package let reason: String
  package let pools: [Pool]
  package let cmaTotalBytes: ByteCount
  /// The kernel's words where it is to refuse the default pool.
  package let refusal: String?
  /// That the range in which the default pool is looked for has less RAM than it is to have; nil where it has
  /// enough, and in records of earlier releases.
  package let shortage: String?
  package let regions: [Region]
  /// Nil where none is asked for.
  package let crashKernel: CrashKernel?
  /// How the boot is to end because of the pools; nil for one that goes on.
  package let fatality: Prediction.Fatality?
  /// What the kernel does not check, and after which nothing can be relied on.
  package let hazards: [Prediction.Hazard]
  /// The pools that have them; nil in records of earlier releases.
  package let exposures: [Exposure]?
  package let blocker: String?
  package let freeBytes: ByteCount
  /// Everything that takes RAM, in the order in which that happens.
  package let reservations: [Reservation]
  /// Free RAM once the pools are placed, by address.
  package let holes: [PhysicalRange]
  /// What sizes and bases of pools are multiples of.
  package let alignment: ByteCount
  /// Where the search for the default pool ends: the first address past it.
  package let limit: PhysicalAddress?
  package let messages: [String]
  package let assumptions: [String]
  /// What ``messages`` mean where they sound worse, or better, than they are; nil in records of
  /// earlier releases.
  package let remarks: [String]?
  /// Why it cannot be predicted; nil for a prediction to rely on.
  package let unknown: String?
  /// Nil where everything gets its memory and the guest lives, and in a record of cmalab 0.1.
  package let room: Room?
  /// The largest default pool that the guest lives with, asked for as this one is: what `max` says. Nil
  /// where none is asked for, and in records of earlier releases.
  package let safeBytes: ByteCount?

  package init(_ prediction: Prediction, room: PoolRoom? = nil, safe: ByteCount? = nil) {
    line = prediction.line
    checkedRelease = prediction.checkedRelease
    setting = Setting(prediction.setting)
    reason = prediction.reason
    pools = prediction.pools.map {
      Pool(
        name: $0.name, base: $0.range.start, bytes: $0.range.size, isDefault: $0.isDefault,
        isActive: $0.isActive)
    }
    cmaTotalBytes = prediction.totalBytes
    refusal = prediction.refusal?.message
    shortage = prediction.refusal.flatMap { refusal in
      if case .littleRAM = refusal.cause { "\(refusal.cause)" } else { nil }
    }
    regions = prediction.regions.map { Region($0) }
    crashKernel = prediction.crashKernel.map { CrashKernel($0) }
    fatality = prediction.fatality
    hazards = prediction.hazards
    exposures = prediction.exposures.map { Exposure($0) }
    blocker = prediction.blocker.map { "\($0)" }
    freeBytes = prediction.freeBytes
    reservations = prediction.reservations.map {
      Reservation(owner: "\($0.owner)", range: $0.range)
    }
    holes = prediction.holes
    alignment = prediction.alignment
    limit = prediction.limit
    messages = prediction.messages
    assumptions = prediction.assumptions
    remarks = prediction.remarks
    unknown = prediction.unknown
    self.room = room.map(Room.init)
    safeBytes = safe
  }
}

extension PredictedRecord.Region {
  /// As a person says it: a coherent pool is a carve-out that its devices allocate from.
  package var words: String {
    outcome == .coherentPool ? "carve-out, a DMA pool" : outcome.rawValue
  }
}

extension PredictedRecord.Exposure {
  package init(_ exposure: Prediction.Exposure) {
    self.init(
      hazard: exposure.hazard, pool: exposure.pool, range: exposure.range, other: exposure.other)
  }

  /// `'x@500000000' (0x500000000-0x503ffffff) is not in RAM`, `… covers the kernel`.
  package var words: String { "'\(pool)' (\(range)) \(fault)" }

  /// The same without addresses, where a line has to be short.
  var shortWords: String { "'\(pool)' \(fault)" }

  private var fault: String {
    switch hazard {
    case .poolOutsideMemory:
      other.map { "covers \($0), which is not mapped" } ?? "is not in RAM"
    case .poolOverKernel, .poolOverBootData: "covers the \(other ?? "")"
    case .unmappedMemory: "leaves \(other ?? "") out of the kernel's mapping"
    case .poolsOverlap, .othersGivenAway, .littleMemory: "overlaps \(other ?? "")"
    }
  }
}

extension PredictedRecord.CrashKernel {
  fileprivate init(_ outcome: Prediction.CrashKernel) {
    switch outcome {
    case .reserved(let range, let low):
      // What is low lies below it.
      self.init(ranges: (low.map { [$0] } ?? []) + [range], refusal: nil)
    case .refused(let why): self.init(ranges: [], refusal: why)
    }
  }
}

extension PredictedRecord.Region {
  fileprivate init(_ region: Prediction.Region) {
    let range: PhysicalRange?
    var refusal: RegionRefusal?
    switch region.outcome {
    case .pool(let place): (outcome, range) = (.pool, place)
    case .coherentPool(let place): (outcome, range) = (.coherentPool, place)
    case .carveOut(let place): (outcome, range) = (.carveOut, place)
    case .reserved(let place): (outcome, range) = (.reserved, place)
    case .refused(let why): (outcome, range, refusal) = (.refused, nil, why)
    }
    node = region.name
    self.range = range
    reason = refusal?.description
    self.refusal = refusal?.id
  }
}
