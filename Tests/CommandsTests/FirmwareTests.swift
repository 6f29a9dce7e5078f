// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// A board whose secure world has the start of its RAM (Tests/BoardReports/09-…).
  @Suite struct FirmwareTests {
    private static let board = FilePath(#filePath)
      .removingLastComponent().removingLastComponent()
      .appending("BoardReports/09-firmware-at-start-of-bank/tee.yaml").string

    @Test func theKernelIsPredictedBehindIt() async throws {
      let result = try await CMALabProcess(
        ["predict", "--board", Self.board, "--format", "json"]
      ).result()
      let guest = try JSONDecoder().decode(PredictedGuest.self, from: Data(result.output.utf8))
      #expect(guest.placement.kernel.start == PhysicalAddress(0x6200_0000))
      #expect(guest.predicted.regions.map(\.outcome) == [.carveOut])
      #expect(guest.predicted.pools.map(\.base) == [PhysicalAddress(0x9ac0_0000)])
      #expect(result.status == .exited(0))
    }

    /// What firmware has is not counted as free.
    @Test func theLargestPoolLeavesItOut() async throws {
      let result = try await CMALabProcess(
        ["max", "--board", Self.board, "--format", "json"]
      ).result()
      let sizes = try JSONDecoder().decode([MaximumPool].self, from: Data(result.output.utf8))
      let largest = try #require(sizes.first)
      #expect(largest.fits.bytes < .mebibytes(1024 - 32))
      #expect(largest.fits.bytes > .mebibytes(940))
    }

    @Test func aGuestPassesWithTheRegionAsAskedFor() async throws {
      let result = try await CMALabProcess(
        ["boot", "--board", Self.board, "--kernel", "6.1", "--format", "json"]
      ).result()
      let record = try result.record
      #expect(record.verdict == .pass, "\(record.reason)")
      #expect(record.regions.first { $0.node == "secure@60000000" }?.kind == .carveOut)
    }

    /// Who says where the kernel lies has it there, region or not.
    @Test func aGivenPlaceIsKept() async throws {
      let result = try await CMALabProcess(
        ["predict", "--board", Self.board, "--kernel-at", "0x60000000", "--format", "json"]
      ).result()
      let guest = try JSONDecoder().decode(PredictedGuest.self, from: Data(result.output.utf8))
      #expect(guest.placement.kernel.start == PhysicalAddress(0x6000_0000))
      #expect(guest.predicted.regions.map(\.outcome) == [.refused])
      for place in ["0x60100000", "0x9ff00000", "0x20000000"] {
        let refused = try await CMALabProcess(
          ["predict", "--board", Self.board, "--kernel-at", place]
        ).result()
        #expect(refused.status == .exited(2), "\(refused.output)")
        #expect(refused.errors.contains("the kernel cannot lie at \(place)"), "\(refused.errors)")
      }
    }
  }
}
