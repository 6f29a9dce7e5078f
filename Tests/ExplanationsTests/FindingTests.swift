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

  private static let coherent = [
    "Reserved memory: created DMA memory pool at 0x0000000058000000, size 32 MiB",
    "OF: reserved mem: initialized node vpu@58000000, compatible id shared-dma-pool",
  ]

  /// Coherent pools take RAM as other regions do.
  @Test func aCoherentPoolIsInTheWayByName() throws {
    let boot = try explained(
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP"] + Self.coherent + [
        "cma: Failed to reserve 640 MiB"
      ] + Self.bank + ["Kernel command line: console=ttyS0 cma=640M", Self.memory])
    #expect(boot.taken.map(\.name) == ["vpu@58000000"])
    #expect(boot.cause?.contains("vpu@58000000 (0x58000000-0x59ffffff) is in it") == true)
    // Beside it, the largest pool is above it, below the memory map.
    let safe = try #require(boot.predicted?.safeBytes)
    #expect(boot.predicted?.agrees == true)
    #expect(safe > .mebibytes(500) && safe < .mebibytes(608))
    #expect(
      boot.remedy == "Ask for less: \(safe.wholeMebibytes) MiB fit (cma=\(safe.kernelArgument)).")
    #expect(boot.next.contains { $0.text == "cma=\(safe.kernelArgument)" })
  }

  /// Without the line that has the same address, it could be another node's.
  @Test func aCoherentPoolOfAnotherAddressIsNotBelieved() throws {
    let boot = try explained(
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP", Self.coherent[0]]
        + [Self.coherent[1].replacing("58000000", with: "59000000")] + Self.bank + [Self.memory])
    #expect(boot.taken.isEmpty)
  }

  /// The kernel's list is split where a region is not mapped: how much fits beside it is not known.
  @Test func aSplitThatNothingExplainsKeepsFromAProposal() throws {
    let split = [
      "Early memory node ranges", "  node   0: [mem 0x0000000040000000-0x000000005fffffff]",
      "  node   0: [mem 0x0000000060000000-0x0000000063ffffff]",
      "  node   0: [mem 0x0000000064000000-0x000000007fffffff]", Self.bank[2],
    ]
    let log =
      ["Linux version 6.1.140 (b@h) (gcc) #1 SMP", "cma: Failed to reserve 1024 MiB"] + split
      + ["Kernel command line: console=ttyS0 cma=1G", Self.memory]
    let boot = try explained(log)
    #expect(boot.predicted?.agrees == true && boot.predicted?.safeBytes == nil)
    #expect(boot.predicted?.assumptions.contains { $0.contains("0x60000000") } == true)
    #expect(boot.remedy?.contains("MiB fit") == false)
    #expect(!boot.next.contains { $0.place == .commandLine })
    // Where the log lists the region, it is known.
    let region =
      "OF: reserved mem: 0x0000000060000000..0x0000000063ffffff (65536 KiB) nomap non-reusable "
      + "secmon@60000000"
    let listed = try explained([log[0], region] + log.dropFirst())
    #expect(listed.predicted?.safeBytes.map { $0 > .mebibytes(256) } == true)
    #expect(listed.next.contains { $0.place == .commandLine })
  }

  /// What is said of each node by Qualcomm's kernels.
  @Test func whatAVendorSaysOfEachNodeIsTaken() throws {
    let boot = try explained(
      [
        "Linux version 4.9.227 (b@h) (gcc) #1 SMP",
        "Reserved memory: reserved region for node 'modem@48000000': base 0x0000000048000000, "
          + "size 55 MiB",
        "Reserved memory: reserved region for node 'other@4f000000': base 0x000000004c000000, "
          + "size 1 MiB",
        "Reserved memory: allocated memory for 'dump' node: base 0x000000007fc00000, size 4 MiB",
        "Reserved memory: allocated memory for 'adsp' node: base 0x000000007e000000, size 16 MiB",
        "Reserved memory: created CMA memory pool at 0x000000007e000000, size 16 MiB",
        "Reserved memory: initialized node adsp, compatible id shared-dma-pool",
      ] + Self.bank)
    #expect(boot.taken.map(\.name) == ["modem@48000000", "dump"])
    #expect(boot.pools.map(\.name) == ["adsp"])
  }

  /// A pool that is refused is what the question is about; two other regions that overlap come after it.
  @Test func aRefusedPoolComesBeforeRegionsThatOverlap() throws {
    let boot = try explained(
      [
        "Linux version 6.1.140 (b@h) (gcc) #1 SMP", "OF: reserved mem: OVERLAP DETECTED!",
        "dsp@52400000 (0x0000000052400000--0x0000000054400000) overlaps with rpc@542f0000 "
          + "(0x00000000542f0000--0x00000000542f8000)",
        "OF: reserved mem: failed to allocate memory for node 'linux,cma': size 960 MiB",
      ] + Self.bank + ["Kernel command line: console=ttyS0", Self.memory])
    #expect(boot.findings.map(\.id).prefix(2) == [.nodeRefused, .overlap])
  }

  /// A command to type names a file, and what came by a pipe has none.
  @Test func aLogOfStandardInputIsToBeWrittenFirst() throws {
    let log = """
      [    0.000000] Linux version 6.1.140 (b@h) (gcc) #1 SMP
      [    0.000000] OF: reserved mem: failed to allocate memory for node 'linux,cma': size 96 MiB

      """
    let explainer = Explainer(log: Explainer.standardInput, tree: nil, configuration: nil)
    let boot = try #require(explainer.explanation(of: BootLog(Array(log.utf8))).explained)
    #expect(boot.next.contains { $0.text == "cmalab explain LOG --dtb board.dtb" })
    #expect(!boot.next.contains { $0.text.contains(Explainer.standardInput) })
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
