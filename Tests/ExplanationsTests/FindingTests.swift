// SPDX-License-Identifier: Apache-2.0
import BootLogs
import Explanations
import Quantities
import Records
import Testing

/// What the kernel's words mean, on logs of a few lines.
@Suite struct FindingTests {
  private static let memory =
    "Memory: 960000K/1048576K available (10240K kernel code, 1000K rwdata, 4000K rodata, "
    + "1024K init, 500K bss, 80000K reserved, 0K cma-reserved)"
  private static let bank = [
    "Early memory node ranges", "  node   0: [mem 0x0000000040000000-0x000000007fffffff]",
    "Initmem setup node 0 [mem 0x0000000040000000-0x000000007fffffff]",
  ]

  private func explained(_ messages: [String]) throws -> ExplainedBoot {
    let text = messages.map { "[    0.000000] \($0)\n" }.joined()
    let explainer = Explainer(log: "dmesg.txt", tree: nil, configuration: nil)
    return try #require(explainer.explanation(of: BootLog(Array(text.utf8))).explained)
  }

  /// The kernel does not look for room at an address that it refuses.
  @Test func aMisalignedPlaceIsNotALackOfRoom() throws {
    let boot = try explained(
      [
        "Linux version 6.1.140 (b@h) (gcc) #1 SMP",
        "cma: Region at 0x0000000041100000 must be aligned to 0x0000000000200000 bytes",
        "cma: Failed to reserve 64 MiB",
      ] + Self.bank + ["Kernel command line: console=ttyS0 cma=64M@0x41100000", Self.memory])
    #expect(boot.findings.map(\.id) == [.defaultPoolRefused])
    let finding = boot.findings[0]
    #expect(finding.cause.contains("alignment") && !finding.cause.contains("free"))
    #expect(finding.remedy == "Give an aligned address.")
    // Without the place that cma= names.
    #expect(boot.predicted?.fitsBytes.map { $0 > .mebibytes(512) } == true)
  }

  @Test func aPlaceThatIsTakenIsNamed() throws {
    let boot = try explained(
      [
        "Linux version 6.1.140 (b@h) (gcc) #1 SMP",
        "OF: reserved mem: 0x0000000050000000..0x0000000050ffffff (16384 KiB) nomap non-reusable "
          + "secmon@50000000",
        "cma: Failed to reserve 64 MiB",
      ] + Self.bank + ["Kernel command line: console=ttyS0 cma=64M@0x50000000", Self.memory])
    #expect(boot.cause?.contains("secmon@50000000 (0x50000000-0x50ffffff)") == true)
    #expect(boot.remedy == "Name no place, or a free one.")
  }

  /// A line of the boot loader's with a digit that a serial line has damaged.
  @Test(arguments: [("0x40200000", false), ("0x00200000", true), ("0xf0200000", true)])
  func aKernelRunsWhereThereIsRAM(address: String, isAssumed: Bool) throws {
    let loader = "   Load Address: \(address)\n\nStarting kernel ...\n\n"
    let log =
      loader
      + (["Booting Linux on physical CPU 0x0", "Linux version 6.1.140 (b@h) (gcc) #1 SMP"]
      + Self.bank + ["Kernel command line: console=ttyS0 cma=64M", Self.memory])
      .map { "[    0.000000] \($0)\n" }.joined()
    let explainer = Explainer(log: "dmesg.txt", tree: nil, configuration: nil)
    let boot = try #require(explainer.explanation(of: BootLog(Array(log.utf8))).explained)
    let assumptions = try #require(boot.predicted?.assumptions)
    #expect(assumptions.contains { $0.hasPrefix("the kernel is at 0x4") } == isAssumed)
    #expect(!assumptions.contains("the kernel is at \(address)"))
  }

  /// A node's place is the tree's to tell.
  @Test(arguments: [true, false])
  func theNodesOfALogAreAssumed(hasNode: Bool) throws {
    let node = [
      "Reserved memory: created CMA memory pool at 0x0000000070000000, size 64 MiB",
      "OF: reserved mem: initialized node linux,cma, compatible id shared-dma-pool",
    ]
    let boot = try explained(
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP"] + (hasNode ? node : []) + Self.bank
        + ["Kernel command line: console=ttyS0", Self.memory])
    #expect(boot.predicted?.areNodesAssumed == (hasNode ? true : nil))
    #expect(boot.pools.map(\.name) == (hasNode ? ["linux,cma"] : []))
  }

  /// Of two refusals in a row each keeps its own reason.
  @Test func aRefusedNodeHasTheReasonOfTheLineBeforeIt() throws {
    func refused(_ name: String, for reason: String) -> [String] {
      [
        "Reserved memory: \(reason)",
        "OF: reserved mem: node \(name) compatible matching fail",
      ]
    }
    let boot = try explained(
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP"]
        + refused("a@50000000", for: "incorrect alignment of CMA region")
        + refused("b@60000000", for: "unable to setup CMA region") + Self.bank
        + ["Kernel command line: console=ttyS0", Self.memory])
    let causes = boot.findings.filter { $0.id == .nodeRefused }.map(\.cause)
    #expect(causes.count == 2)
    #expect(causes.first?.hasPrefix("Base or size of 'a@50000000' is not a multiple of") == true)
    #expect(causes.last?.hasPrefix("The allocator did not take 'b@60000000'") == true)
  }

  @Test func whatTheLogDoesNotShowIsNotMadeUp() throws {
    let boot = try explained(
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP", "cma: Failed to reserve 256 MiB"] + Self.bank
        + ["Kernel command line: console=ttyS0 cma=256M", Self.memory])
    #expect(boot.cause?.contains("something is in the way that the log does not show") == true)
    #expect(boot.remedy?.contains("Ask for less: ") == false)
  }

  @Test func aSignalIsNotThePoolsFault() throws {
    let boot = try explained([
      "Linux version 6.6.20 (b@h) (gcc) #1 SMP", "cma: Reserved 64 MiB at 0x0000000078000000",
      "Kernel command line: console=ttyS0 cma=64M",
      "cma: cma_alloc: reserved: alloc failed, req-size: 2048 pages, ret: -4",
    ])
    #expect(boot.findings.map(\.id) == [.allocationFailed])
    #expect(!boot.isWrong && boot.cause?.contains("EINTR") == true)
  }

  @Test func aParameterThatAsksForNothingTurnsThePoolOff() throws {
    let boot = try explained([
      "Linux version 7.2.13 (b@h) (gcc) #1 SMP",
      "Reserved memory: Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.",
      "Kernel command line: console=ttyS0 cma=0", Self.memory,
    ])
    #expect(boot.findings.map(\.id) == [.noPool])
    #expect(boot.remedy == "Take cma=0 off the command line.")
  }

  /// A complaint belongs to the pool that is refused right behind it.
  @Test func eachPoolHasItsOwnReason() throws {
    let boot = try explained([
      "Linux version 6.12.40 (b@h) (gcc) #1 SMP",
      "cma: Not enough slots for CMA reserved regions!",
      "Reserved memory: unable to setup CMA region",
      "OF: reserved mem: node video@60000000 compatible matching fail",
      "cma: Failed to reserve 32 MiB", "Kernel command line: console=ttyS0", Self.memory,
    ])
    let node = try #require(boot.findings.first { $0.id == .nodeRefused })
    let pool = try #require(boot.findings.first { $0.id == .defaultPoolRefused })
    #expect(node.cause.contains("CONFIG_CMA_AREAS") && !pool.cause.contains("CONFIG_CMA_AREAS"))
  }

  /// The node is why there is no pool; that the kernel's own one does not fit either comes after it.
  @Test func aMisalignedDefaultNodeComesFirst() throws {
    let boot = try explained([
      "Linux version 6.1.55-64k (b@h) (gcc) #1 SMP",
      "Reserved memory: incorrect alignment of CMA region",
      "OF: reserved mem: node linux,cma compatible matching fail",
      "cma: Failed to reserve 512 MiB", "Kernel command line: console=ttyS0", Self.memory,
    ])
    #expect(boot.findings.map(\.id) == [.nodeRefused, .defaultPoolRefused])
    #expect(boot.cause?.contains("multiple of 512 MiB") == true)
    #expect(boot.cause?.contains("steps in for it, and was refused as well") == true)
  }
}
