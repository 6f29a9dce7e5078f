// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities
import Records
import Runs
import Synchronization
import Testing
import Transcripts

@Suite struct PoolVerificationTests {
  private static let sizes = PoolVerification.Sizes(
    fits: .mebibytes(100), safe: .mebibytes(80), unit: .mebibytes(4))

  /// - Parameter guests: in the order in which they are booted.
  private static func outcomes(
    _ guests: MadeUpGuest..., sizes: PoolVerification.Sizes = sizes
  ) async throws -> [PoolVerification.Outcome] {
    let waiting = Mutex(guests.map(\.record))
    return try await PoolVerification(of: sizes, for: GuestRequest()) { _ in
      waiting.withLock { $0.removeFirst() }
    }.findings().map(\.outcome)
  }

  private static let refused = MadeUpGuest(verdict: .fail, areas: [])
  private static let survivor = MadeUpGuest(test: .pass)

  @Test func whatIsSaidIsAskedForInItsOrder() async throws {
    let asked = Mutex<[GuestRequest]>([])
    var request = GuestRequest(board: "rpi4")
    try request.set(.append, to: "quiet")
    try request.set(.deviceTreeCMA, to: "64M")
    let findings = try await PoolVerification(of: Self.sizes, for: request) { guest in
      asked.withLock { $0.append(guest) }
      return MadeUpGuest(test: .pass).record
    }.findings()
    #expect(findings.map(\.bytes.wholeMebibytes) == [100, 104, 80])
    #expect(
      asked.withLock { $0.map(\.commandLine) }
        == [100, 104, 80].map { size in
          "cmalab boot --board rpi4 --cma \(size)M --dts-cma 64M --append quiet"
            + (size == 80 ? " --test allocate" : "")
        })
  }

  @Test func threeGuestsThatDoAsPredictedHold() async throws {
    #expect(
      try await Self.outcomes(MadeUpGuest(), Self.refused, Self.survivor) == [
        .holds, .holds, .holds,
      ])
  }

  @Test func aPoolThatIsThereInSpiteOfAllRefutes() async throws {
    #expect(
      try await Self.outcomes(Self.refused, MadeUpGuest(), MadeUpGuest(verdict: .fail, test: .fail))
        == [.refuted, .refuted, .refuted])
  }

  /// A guest that dies of the largest pool has had it all the same.
  @Test func aPoolThatAGuestDiesOfWasReserved() async throws {
    let dying = MadeUpGuest(ending: .panicked, verdict: .fail)
    let dead = MadeUpGuest(ending: .panicked, verdict: .fail, areas: [])
    #expect(try await Self.outcomes(dying, dead, Self.survivor) == [.holds, .holds, .holds])
  }

  @Test(arguments: [Ending.Kind.silent, .timedOut, .interrupted, .emulatorExited, .corrupted])
  func aGuestThatDidNotComeFarIsNoEvidence(ending: Ending.Kind) async throws {
    let lost = MadeUpGuest(ending: ending, verdict: .inconclusive, areas: [])
    #expect(
      try await Self.outcomes(lost, lost, lost) == [.inconclusive, .inconclusive, .inconclusive])
  }

  @Test func aBankThatIsLostWithAnyPoolIsExcused() async throws {
    let loser = MadeUpGuest(verdict: .fail, failedChecks: [.layout(.systemRAM)])
    let safe = MadeUpGuest(verdict: .fail, failedChecks: [.layout(.systemRAM)], test: .pass)
    #expect(try await Self.outcomes(loser, Self.refused, safe) == [.holds, .holds, .holds])
    #expect(
      try await Self.outcomes(MadeUpGuest(), Self.refused, safe) == [.holds, .holds, .refuted])
  }

  @Test func withoutASafePoolTwoGuestsSuffice() async throws {
    let sizes = PoolVerification.Sizes(
      fits: .mebibytes(100), safe: .zero, unit: .mebibytes(4))
    #expect(
      try await Self.outcomes(MadeUpGuest(), Self.refused, sizes: sizes) == [.holds, .holds])
  }
}
