// SPDX-License-Identifier: Apache-2.0
import Foundation
import HostProcesses
import Quantities
import Records
import Testing

extension Guests.EveryLine {
  /// The largest pool is booted, and one unit more, and the safe one with the allocation test.
  @Suite struct MaxTests {
    /// One bank that a pool can eat up, and RAM above what all devices reach.
    /// The same bank with a crash kernel, too.
    @Test(
      arguments: TestLines.all,
      [["arm64-2g"], ["arm64-2g", "--append", "crashkernel=256M"], ["rpi4"]])
    func theGuestConfirmsBothFigures(_ line: String, _ board: [String]) async throws {
      let result = try await CMALabProcess(
        ["max", "--verify", "--kernel", line, "--board"] + board
      ).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      for words in ["MiB is reserved", "MiB is refused", "MiB survives the allocation test"] {
        #expect(result.errors.contains(words), "\(result.errors)")
      }
      #expect(result.output.contains("more: 'cma: Failed to reserve "), "\(result.output)")
    }
  }
}

extension Guests {
  @Suite struct MaxWindowTests {
    private static let window = "64M@0x60000000-0x80000000"

    /// The range of `cma=`, or a node's alloc-ranges: what lies in it is all that there is.
    @Test(arguments: [
      ["--cma", window], ["--via", "dts", "--cma", window], ["--dts-cma", window],
    ])
    func theWindowIsKept(_ options: [String]) async throws {
      let result = try await CMALabProcess(
        ["max", "--board", "imx8mp-evk", "--format", "json"] + options
      ).result()
      #expect(result.status == .exited(0), "\(result.errors)")
      let found = try JSONDecoder().decode([MaximumPool].self, from: Data(result.output.utf8))
      #expect(found.map(\.fits.bytes) == [.mebibytes(512)])
      #expect(found.map(\.fits.base) == [PhysicalAddress(0x6000_0000)])
      #expect(found.allSatisfy { $0.refusal != nil })
      // What a prediction says of the same is what a report's column has.
      let foretold = try await CMALabProcess(
        ["predict", "--board", "imx8mp-evk", "--format", "json"] + options
      ).result()
      let guest = try JSONDecoder().decode(PredictedGuest.self, from: Data(foretold.output.utf8))
      #expect(guest.predicted.safeBytes == found.first?.safe.bytes)
      #expect(guest.predicted.safeBytes.map { $0 > .zero } == true)
    }

    @Test func aGuestConfirmsTheNodesSize() async throws {
      let result = try await CMALabProcess([
        "max", "--board", "imx8mp-evk", "--verify", "--dts-cma", Self.window,
      ]).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      for words in [
        "512 MiB is reserved", "516 MiB is refused", "512 MiB survives the allocation test",
      ] {
        #expect(result.errors.contains(words), "\(result.errors)")
      }
    }
  }
}
