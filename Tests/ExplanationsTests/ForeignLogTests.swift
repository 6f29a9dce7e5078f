// SPDX-License-Identifier: Apache-2.0
import BootLogs
import Explanations
import Quantities
import Records
import Testing

/// Logs whose answer is that something is not known, or of another kind than it looks.
@Suite struct ForeignLogTests {
  private func explained(_ messages: [String]) throws -> ExplainedBoot {
    let text = messages.map { "[    0.000000] \($0)\n" }.joined()
    let explainer = Explainer(log: "dmesg.txt", tree: nil, configuration: nil)
    return try #require(explainer.explanation(of: BootLog(Array(text.utf8))).explained)
  }

  /// Vendors' drivers make pools in silence.
  @Test func whatTheKernelCountsAndNoLinePlacesIsSaid() throws {
    let boot = try explained([
      "Linux version 4.9.140 (b@h) (gcc) #1 SMP", "cma: Reserved 64 MiB at 0x00000000fac00000",
      "Kernel command line: console=ttyS0",
      "Memory: 3574784K/4159488K available (15166K kernel code, 2914K rwdata, 6616K rodata, "
        + "8512K init, 605K bss, 109568K reserved, 393216K cma-reserved)",
    ])
    #expect(boot.summary.contains("320 MiB of it are in pools that the log does not name"))
    #expect(boot.missing.contains { $0.what.contains("the other 320 MiB of CmaTotal") })
  }

  @Test func aTruncatedSizeIsNoOtherPool() throws {
    let boot = try explained([
      "Linux version 5.15.60 (b@h) (gcc) #1 SMP", "cma: Reserved 63 MiB at 0x00000000fac00000",
      "Kernel command line: console=ttyS0",
      "Memory: 3574784K/4159488K available (1K kernel code, 64768K cma-reserved)",
    ])
    #expect(!boot.summary.contains("does not name"))
  }

  private static func failed(_ code: Int, of pool: Int) -> [String] {
    [
      "Linux version 5.10.110 (b@h) (gcc) #1 SMP",
      "Reserved memory: created CMA memory pool at 0x00000000e0000000, size \(pool) MiB",
      "OF: reserved mem: initialized node cma, compatible id shared-dma-pool",
      "Kernel command line: console=ttyS0",
      "nvme nvme0: allocated 48 MiB host memory buffer.",
      "cma: cma_alloc: cma: alloc failed, req-size: 256 pages, ret: -\(code)",
    ]
  }

  /// Busy pages (-16) are a run that was free in the pool's own books.
  @Test func busyPagesAreNotADrivesBuffer() throws {
    let boot = try explained(Self.failed(16, of: 16))
    #expect(boot.cause?.contains("nvme") == false && boot.cause?.contains("-16") == true)
  }

  @Test func aDriveHoldsNoMoreThanThePoolHas() throws {
    let boot = try explained(Self.failed(12, of: 16))
    #expect(boot.cause?.contains("takes memory of the pool 'cma' as far as it goes") == true)
    #expect(try explained(Self.failed(12, of: 64)).cause?.contains("as far as") == false)
  }

  @Test func anotherArchitectureIsNotPredicted() throws {
    let boot = try explained([
      "Linux version 6.6.63 (b@h) (riscv64-unknown-linux-gnu-gcc (GCC) 13.2.1) #1 SMP",
      "Reserved memory: created CMA memory pool at 0x0000000058000000, size 384 MiB",
      "OF: reserved mem: initialized node linux,cma, compatible id shared-dma-pool",
      "Early memory node ranges", "  node   0: [mem 0x0000000000000000-0x000000007fffffff]",
      "Initmem setup node 0 [mem 0x0000000000000000-0x000000007fffffff]",
    ])
    #expect(boot.architecture == nil)
    #expect(boot.predicted?.unknown?.contains("riscv64") == true)
    #expect(boot.predicted?.pools.isEmpty == true && boot.predicted?.fitsBytes == nil)
    #expect(boot.pools.map(\.base?.description) == ["0x58000000"])
  }

  @Test func wordsThatAreNotKnownAreNamed() throws {
    let boot = try explained([
      "Linux version 3.4.5 (b@h) (gcc version 4.6) #1",
      "S5P/CMA: Reserved 0x06000000@0xb7e00000 for 'ion'",
    ])
    #expect(
      boot.summary.hasPrefix("The log speaks of CMA in words that are not known here (line 2)"))
    #expect(boot.missing.contains { $0.what.contains("line 2") })
  }
}
