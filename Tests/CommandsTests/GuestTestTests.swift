// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Observations
import Records
import SystemPackage
import Testing

extension Guests {
  /// What `--test` runs in a guest: that it passes, and that it can fail.
  @Suite struct GuestTestTests {
    private static let deadline = Duration.seconds(600)

    private func boot(_ arguments: [String]) async throws -> RunRecord {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess(
          ["boot", "--format", "json", "--out", scratch["run"].string] + arguments
        ).result(deadline: Self.deadline)
        let record = try result.record
        let expected: Int32 = [Verdict.pass: 0, .fail: 1, .inconclusive: 2][record.verdict] ?? 2
        #expect(result.status == .exited(expected), "\(result.errors)")
        return record
      }
    }

    @Test func theWholePoolIsTakenWrittenAndVerified() async throws {
      let record = try await boot(["--cma", "3000M", "--test", "allocate"])
      #expect(record.verdict == .pass, "\(record.reason)")
      let test = try #require(record.tests.first)
      func figure(_ key: String) -> String? { test.figures.first { $0.key == key }?.value }
      #expect(figure("method") == "module")
      #expect(figure("pieces-1m") == "2998")
      // The kernel's own three atomic pools of 512 KiB (kernel/dma/pool.c) stay with it.
      #expect(figure("kernel-holds") == "1572864")
      #expect(figure("taken") == figure("cma-free-before"))
      #expect(figure("verified") == "\(3000 * 1_048_576 - 1_572_864)")
    }

    @Test func everyTestPasses() async throws {
      // A pool that is most of the memory: only then does the kernel lend from it.
      let record = try await boot([
        "--cma", "3000M", "--test", "all", "--cpus", "2",
        "--region", "name=video,size=64M,at=0x10000000,reusable",
        "--region", "name=dsp,size=16M,at=0x20000000,no-map",
        "--region", "name=cam,size=32M,reusable",
      ])
      #expect(record.verdict == .pass, "\(record.reason)")
      #expect(record.tests.count >= 10)
      for test in record.tests { #expect(test.verdict == .pass, "\(test.name): \(test.reason)") }
      let latencies = record.tests.flatMap(\.latencies)
      #expect(latencies.contains { $0.name == "empty.64k" && $0.count == 1000 })
      #expect(
        latencies.allSatisfy { $0.p50 <= $0.p99 && $0.p99 <= $0.max && $0.unit == .nanoseconds })
    }

    /// The fault is the guest's own doing (`cmalab.fault`), so that a test that sees nothing is seen.
    @Test(arguments: [
      ("allocate", "corrupt"), ("allocate", "leak"), ("allocate", "outside"), ("largest", "hold"),
      ("latency", "hold"), ("churn", "leak"), ("borrowed", "corrupt"), ("mmap", "freed"),
      ("pinned", "loose"), ("dmabuf", "copy"), ("heap", "corrupt"), ("region", "wrong"),
      ("fuzz", "leak"),
    ])
    func aFaultIsSeen(test: String, fault: String) async throws {
      let record = try await boot([
        "--cma", "64M", "--test", test, "--append", "cmalab.fault=\(fault)",
        "--region", "name=video,size=16M,at=0x50000000,reusable",
      ])
      #expect(record.verdict == .fail, "\(record.reason)")
      #expect(record.reason.hasPrefix("test '\(test)': "))
    }

    @Test func aRegionThatNobodyAskedForIsNoPass() async throws {
      let record = try await boot(["--cma", "64M", "--test", "region"])
      #expect(record.verdict == .inconclusive)
      #expect(record.reason.contains("give it one with --region"))
    }

    @Test func allTestsWithoutARegionSayWhatTheyLeaveOut() async throws {
      try await ScratchFolder.with { scratch in
        // What it boots does not matter: a run that ends at once.
        try MadeUpImage.silent.write(to: scratch["Image"])
        let result = try await CMALabProcess([
          "boot", "--cma", "64M", "--test", "all", "--kernel-image", scratch["Image"].string,
          "--timeout", "1", "--out", scratch["run"].string,
        ]).result()
        #expect(result.errors.contains("'--test all' omits 'region'"), "\(result.errors)")
      }
    }

    @Test func withoutTheModuleDebugfsIsAskedAndNamed() async throws {
      let image = try await TestKernel.image()
      let record = try await boot([
        "--cma", "64M", "--test", "allocate", "--kernel-image", image.string,
      ])
      #expect(record.verdict == .pass, "\(record.reason)")
      let method = record.tests.first?.figures.first { $0.key == "method" }?.value
      #expect(method?.contains("debugfs") == true)
    }

    @Test func theTableShowsTheFigures() async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--cma", "64M", "--test", "largest", "--out", scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(result.output.contains("+  test largest: "))
        #expect(result.output.contains("longest-free-run"))

        let again = try await CMALabProcess(["observe", scratch["run"].string]).result()
        #expect(again.output == result.output)
      }
    }
  }
}
