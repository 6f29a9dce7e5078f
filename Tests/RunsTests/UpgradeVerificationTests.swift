// SPDX-License-Identifier: Apache-2.0

import Foundation
import GuestRequests
import HostFiles
import Kernels
import Predictions
import Quantities
import Records
import Runs
import Synchronization
import SystemPackage
import Testing
import Transcripts

/// Guests that nobody booted, held against an upgrade from 6.18 to 7.2 by which `reserved` moves from
/// 0x3f000000 to 0x41000000.
@Suite struct UpgradeVerificationTests {
  private static let checkout = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()

  private static func upgraded() throws -> UpgradedGuest {
    let file = checkout.pushing("Tests/RecordsTests/Fixtures/upgrade-1.json")
    return try JSONDecoder().decode(
      UpgradedGuest.self, from: Data(try HostFile.read(file, limit: 1 << 20)))
  }

  private static func side(_ name: String) throws -> UpgradeSide {
    let release = try #require(KernelRelease(name))
    return UpgradeSide(
      .release(try #require(KernelRules(release: release)), named: name), configuration: nil)
  }

  private static func verification(
    from: UpgradeSide? = nil, to: UpgradeSide? = nil
  ) throws -> UpgradeVerification {
    let lines = try KernelLines(configuration: checkout.appending("kernel-config")).lines
    return UpgradeVerification(
      of: try upgraded(), from: try from ?? side("6.12"), to: try to ?? side("7.2"),
      building: lines)
  }

  /// - Parameter guests: in the order in which they are booted.
  private static func findings(
    _ guests: MadeUpGuest..., from: UpgradeSide? = nil
  ) async throws -> [String] {
    let waiting = Mutex(guests.map(\.record))
    return try await verification(from: from).findings(of: GuestRequest()) { _ in
      waiting.withLock { $0.removeFirst() }
    }.map(\.description)
  }

  private static func guest(at base: UInt64, of mebibytes: UInt64 = 1000) -> MadeUpGuest {
    MadeUpGuest(areas: [.init(at: base, of: .mebibytes(mebibytes))])
  }

  @Test func aMoveIsShown() async throws {
    #expect(
      try await Self.findings(Self.guest(at: 0x3f00_0000), Self.guest(at: 0x4100_0000)) == [
        "reserved: moved, 1000 MiB at 0x3f000000, then 1000 MiB at 0x41000000: as predicted"
      ])
  }

  @Test func whatDoesNotComeToThatRefutes() async throws {
    let old = Self.guest(at: 0x3f00_0000)
    #expect(
      try await Self.findings(old, old) == [
        "reserved: same, 1000 MiB at 0x3f000000: not as predicted"
      ])
    #expect(
      try await Self.findings(old, Self.guest(at: 0x4100_0000, of: 900)) == [
        "reserved: shrunk, 1000 MiB at 0x3f000000, then 900 MiB at 0x41000000: not as predicted"
      ])
    #expect(
      try await Self.findings(old, MadeUpGuest(areas: [])) == [
        "reserved: gone, 1000 MiB at 0x3f000000, then none: not as predicted"
      ])
    // An area that is given up has no pages.
    #expect(
      try await Self.findings(old, Self.guest(at: 0x4100_0000, of: 0)) == [
        "reserved: gone, 1000 MiB at 0x3f000000, then none: not as predicted"
      ])
  }

  @Test func aPoolThatNobodyPredictedRefutes() async throws {
    var new = Self.guest(at: 0x4100_0000)
    new.areas.append(.init("video", at: 0x5000_0000, of: .mebibytes(16)))
    #expect(
      try await Self.findings(Self.guest(at: 0x3f00_0000), new).last
        == "video: new, none, then 16 MiB at 0x50000000: not as predicted")
  }

  @Test func aGuestThatDiesRefutesAndOneThatIsLostSaysNothing() async throws {
    let old = Self.guest(at: 0x3f00_0000)
    var dead = MadeUpGuest(ending: .panicked, verdict: .fail, areas: [])
    dead.release = "7.2.13"
    #expect(try await Self.findings(old, dead) == ["Linux 7.2.13: as made up: not as predicted"])
    let silent = MadeUpGuest(ending: .silent, verdict: .inconclusive, areas: [])
    #expect(try await Self.findings(old, silent) == ["the guest: as made up: not known"])
  }

  @Test func anotherReleaseSaysNothing() async throws {
    var old = Self.guest(at: 0x3f00_0000)
    old.release = "6.12.118"
    let new = Self.guest(at: 0x4100_0000)
    #expect(
      try await Self.findings(old, new, from: try Self.side("6.12.10")) == [
        "Linux 6.12.10: the line's kernel is 6.12.118: not known"
      ])
    #expect(try await Self.findings(old, new, from: try Self.side("6.12.118")).count == 1)
    #expect(
      try await Self.findings(old, new, from: try Self.side("6.12.118")).first?
        .hasSuffix(": as predicted") == true)
  }

  @Test func eachGuestHasItsKernel() throws {
    var request = GuestRequest(board: "rpi4")
    request.kernel.pageSize = .sixtyFourKiB
    let tree = UpgradeSide(.tree("/linux"), configuration: nil)
    let guests = try Self.verification(from: tree).requests(request)
    #expect(
      guests.before.commandLine
        == "cmalab boot --board rpi4 --kernel-source /linux --page-size 64k")
    #expect(guests.after.commandLine == "cmalab boot --board rpi4 --kernel 7.2 --page-size 64k")
  }

  @Test func whatCannotBeBuiltIsSaid() throws {
    let error = #expect(throws: UpgradeVerificationError.self) {
      try Self.verification(to: Self.side("5.15")).requests(GuestRequest())
    }
    #expect(error?.description.contains("it builds no Linux 5.15: give one of 5.10, 6.1") == true)
    let given = UpgradeSide(.tree("/linux"), configuration: "/my.config")
    #expect(throws: UpgradeVerificationError.givenConfiguration("/my.config")) {
      try Self.verification(from: given).requests(GuestRequest())
    }
  }
}
