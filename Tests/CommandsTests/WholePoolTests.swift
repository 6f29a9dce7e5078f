// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import Observations
import Records
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// The promise of 3000 MiB, kept page by page on each line that is asked for.
  @Suite struct WholePoolTests {
    @Test(arguments: TestLines.all)
    func everyPageIsWrittenAndVerified(_ line: String) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--kernel", line, "--layout", "wide", "--cma", "3000M", "--test", "allocate",
          "--format", "json", "--timeout", "300", "--out", scratch["run"].string,
        ]).result(deadline: .seconds(600))
        #expect(result.status == .exited(0), "\(result.errors)")
        let test = try #require(try result.record.tests.first)
        let figures = Dictionary(
          test.figures.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        // The kernel holds up to three atomic pools of 512 KiB (kernel/dma/pool.c).
        let pieces = try #require(figures["pieces-1m"].flatMap { UInt64($0) })
        #expect((2998...3000).contains(pieces), "\(pieces)")
        let held = try #require(figures["kernel-holds"].flatMap { UInt64($0) })
        #expect(figures["taken"].flatMap { UInt64($0) } == 3000 << 20 - held)
        #expect(figures["verified"] == figures["taken"])
      }
    }
  }
}
