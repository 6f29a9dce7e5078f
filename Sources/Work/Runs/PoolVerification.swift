// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
import MemoryRequests
import Observations
package import Quantities
package import Records
import Transcripts

/// Holds the largest pools of a layout against guests: what fits is reserved, one unit more is
/// refused, and what is safe survives the allocation test.
package struct PoolVerification: Sendable {
  /// What a guest says of a claim.
  package enum Outcome: Hashable, Sendable {
    case holds
    case refuted
    /// The guest did not come far enough to say either.
    case inconclusive
  }

  /// A claim, held against a guest.
  package struct Finding: Hashable, Sendable {
    package let bytes: ByteCount
    /// `is reserved`
    package let claim: String
    package let outcome: Outcome
    /// The guest's own verdict, in words.
    package let reason: String
  }

  /// The sizes to be held against guests.
  package struct Sizes: Hashable, Sendable {
    let fits: ByteCount
    /// Zero where none is.
    let safe: ByteCount
    /// What the kernel rounds to.
    let unit: ByteCount

    package init(fits: ByteCount, safe: ByteCount, unit: ByteCount) {
      self.fits = fits
      self.safe = safe
      self.unit = unit
    }

    package init(of maximum: MaximumPool) {
      self.init(fits: maximum.fits.bytes, safe: maximum.safe.bytes, unit: maximum.unit)
    }
  }

  private let sizes: Sizes
  private let request: GuestRequest
  private let boot: @Sendable (GuestRequest) async throws -> RunRecord

  /// - Parameters:
  ///   - request: the guest whose pools were looked for.
  ///   - boot: boots a guest and judges it.
  package init(
    of sizes: Sizes, for request: GuestRequest,
    boot: @escaping @Sendable (GuestRequest) async throws -> RunRecord
  ) {
    self.sizes = sizes
    self.request = request
    self.boot = boot
  }

  /// Boots the guests one after the other.
  package func findings() async throws -> [Finding] {
    let more = ByteCount(sizes.fits.bytes + sizes.unit.bytes)
    let largest = try await record(of: sizes.fits)
    let beyond = try await record(of: more)
    let way = request.pools.via
    let findings = [
      Finding(
        bytes: sizes.fits, claim: "is reserved",
        outcome: largest.hasDefaultPool(via: way) ? .holds : largest.outcome(ofAbsence: .refuted),
        reason: largest.reason),
      Finding(
        bytes: more, claim: "is refused",
        outcome: beyond.hasDefaultPool(via: way) ? .refuted : beyond.outcome(ofAbsence: .holds),
        reason: beyond.reason),
    ]
    guard sizes.safe > .zero else { return findings }
    let safe = try await record(of: sizes.safe, tests: [.allocate])
    // What else was to have room, as a crash kernel, is part of the prediction.
    let isSafe = safe.passes(butFor: largest.lostBanks) && safe.prediction?.verdict != .fail
    return findings + [
      Finding(
        bytes: sizes.safe, claim: "survives the allocation test",
        outcome: isSafe ? .holds : safe.outcome(ofAbsence: .refuted), reason: safe.reason)
    ]
  }

  private func record(of bytes: ByteCount, tests: [GuestTest] = []) async throws -> RunRecord {
    let pools = request.pools
    let pool = PoolRequest(bytes: bytes, base: pools.asked?.base, limit: pools.asked?.limit)
    return try await boot(request.applying(.pool(pool, via: pools.via), .tests(tests)))
  }
}

extension RunRecord {
  /// What a guest without the evidence that was looked for says: that there is none, if it came to
  /// an end of its own.
  ///
  /// - Parameter meaning: of the absence for what is claimed.
  fileprivate func outcome(
    ofAbsence meaning: PoolVerification.Outcome
  ) -> PoolVerification.Outcome {
    switch ending.kind {
    case .completed where verdict == .inconclusive: .inconclusive
    case .completed, .panicked, .oopsed, .faulted: meaning
    case .timedOut, .silent, .emulatorExited, .corrupted, .interrupted, nil: .inconclusive
    }
  }

  /// Whether the kernel made the default pool, as its debugfs or its log shows.
  fileprivate func hasDefaultPool(via way: PoolWay) -> Bool {
    let name = way == .deviceTree ? RequestedRegion.defaultPoolName : CMAArea.defaultName
    return observed.cmaAreas.contains { $0.name == name }
  }

  /// The layout's checks that the guest fails: a kernel may lose a bank, whatever the pool is.
  fileprivate var lostBanks: Set<Check.ID> {
    Set(checks.filter { $0.verdict == .fail && $0.id.isOfLayout }.map(\.id))
  }

  /// Whether the run passes, or would but for the checks of these names.
  fileprivate func passes(butFor excused: Set<Check.ID>) -> Bool {
    if verdict == .pass { return true }
    let failed = checks.filter { $0.verdict != .pass }
    return ending.kind == .completed && !failed.isEmpty
      && failed.allSatisfy { excused.contains($0.id) }
      && !tests.isEmpty && tests.allSatisfy { $0.verdict == .pass }
  }
}
