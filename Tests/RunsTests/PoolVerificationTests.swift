// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities
import Records
import Runs
import Synchronization
import Testing
import Transcripts

/// What a guest that nobody booted shows.
private struct MadeUpGuest {
  var ending: Ending.Kind = .completed
  var verdict: Verdict = .pass
  var hasPool = true
  var failedChecks: [Check.ID] = []
  var test: Verdict?

  var record: RunRecord {
    let request = RunRequest(
      board: "a-board", layout: "a-layout", banks: [], inventedRAM: [], cmaBytes: .zero,
      via: .commandLine, commandLinePool: nil, kconfigPool: nil, regions: [], kernel: "6.1",
      pageSize: .fourKiB, cpus: 1, commandLine: "", tests: [], deviceTree: nil, placement: nil)
    let pending = RunRecord.pending(request, artifacts: [:])
    let area = RunRecord.ObservedRecord.Area(
      name: "reserved", base: PhysicalAddress(0x4000_0000), bytes: .mebibytes(64),
      allocatedPages: nil, refusedPages: nil)
    return RunRecord(
      schema: pending.schema, verdict: verdict, reason: "as made up",
      ending: .init(kind: ending, line: "", consoleLine: nil, stage: nil), request: request,
      predicted: nil,
      observed: .init(
        cmaTotalBytes: nil, cmaFreeBytes: nil, cmaAreas: hasPool ? [area] : [], systemRAM: [],
        reserved: [], unmapped: [], crashKernel: nil, kernelRelease: nil, cmaMessages: [],
        unknownMessages: [], complaints: [], absences: []),
      winner: nil, regions: [], trace: nil,
      checks: failedChecks.map {
        Check(id: $0, verdict: .fail, expected: "", observed: "", source: [])
      },
      tests: test.map {
        [
          .init(
            name: "allocate", verdict: $0, reason: "", figures: [], latencies: [], source: [])
        ]
      } ?? [],
      emulator: nil, artifacts: [:], timing: [:])
  }
}

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

  private static let refused = MadeUpGuest(verdict: .fail, hasPool: false)
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
    let dead = MadeUpGuest(ending: .panicked, verdict: .fail, hasPool: false)
    #expect(try await Self.outcomes(dying, dead, Self.survivor) == [.holds, .holds, .holds])
  }

  @Test(arguments: [Ending.Kind.silent, .timedOut, .interrupted, .emulatorExited, .corrupted])
  func aGuestThatDidNotComeFarIsNoEvidence(ending: Ending.Kind) async throws {
    let lost = MadeUpGuest(ending: ending, verdict: .inconclusive, hasPool: false)
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
