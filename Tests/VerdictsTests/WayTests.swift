// SPDX-License-Identifier: Apache-2.0

import GuestConsoles
import MemoryRequests
import Observations
import Quantities
import Records
import Testing
import Verdicts

/// Which setting made the default pool, and what became of each region, of consoles that say so.
@Suite struct WayTests {
  private let node = RunRequest.Region(
    node: "linux,cma", bytes: .mebibytes(63), base: nil, isPool: true, isNoMap: false,
    isDefault: true)

  @Test func aPoolOfCMAIsNoPoolOfTheTree() throws {
    let request = GuestConsole.wide.request.but(kconfig: try KconfigPool(parsing: "32M"))
    let won = request.judged(try GuestConsole.wide.bytes)
    #expect(won.verdict == .pass)
    #expect(won.precedence?.way == .commandLine)
    #expect(won.check("cma.winner")?.observed == "cma=")
  }

  @Test func aPoolElsewhereThanAskedFails() throws {
    let bytes = try GuestConsole.wide.bytes
    for (text, verdict) in [
      ("3000M@0x34800000", Verdict.pass), ("3000M@0x34400000", .fail),
      ("3000M@0x30000000-0xf0000000", .pass), ("3000M@0x30000000-0xefc00000", .fail),
    ] {
      let request = GuestConsole.wide.request.but(pool: try PoolRequest(parsing: text))
      #expect(request.judged(bytes).check("cma.place")?.verdict == verdict, "\(text)")
    }
  }

  /// The words of 6.1 for a node that is dropped, and of what is put in its place.
  @Test func aTreeDefaultThatFailsIsReplacedByKconfigs() throws {
    let plain = GuestConsole.wide.request
    let request = RunRequest(
      board: plain.board, layout: plain.layout, banks: plain.banks, inventedRAM: [],
      cmaBytes: .mebibytes(63), via: .deviceTree, commandLinePool: nil,
      kconfigPool: try KconfigPool(parsing: "3000M"), regions: [node], kernel: plain.kernel,
      pageSize: plain.pageSize, cpus: 1, commandLine: plain.commandLine, tests: [],
      deviceTree: plain.deviceTree, placement: nil)
    var console = try FramedConsole(.wide)
    console["kernel-log"] =
      (console["kernel-log"] ?? "") + """
        <3>[    0.000000] Reserved memory: incorrect alignment of CMA region
        <6>[    0.000000] OF: reserved mem: node linux,cma compatible matching fail

        """
    let judgement = request.judged(console.bytes)
    #expect(judgement.verdict == .fail)
    #expect(judgement.check("cma.winner")?.observed == "Kconfig's pool")
    #expect(judgement.regions.map(\.kind) == [.refused])
    #expect(judgement.regions.first?.words.map(\.id) == ["pool-alignment", "driver-refused"])
    #expect(judgement.reason.hasPrefix("incorrect alignment of CMA region"))
    #expect(judgement.reason.contains("; next: "))
  }

  /// Seen on a distribution's 6.12 for 32-bit ARM, which reserves its own pool before it looks at nodes.
  @Test func aTreeDefaultThatComesLaterLeavesKconfigsBeside() throws {
    let plain = GuestConsole.wide.request
    let node = RunRequest.Region(
      node: "linux,cma@10000000", bytes: .mebibytes(64), base: PhysicalAddress(0x1000_0000),
      isPool: true, isNoMap: false, isDefault: true)
    let request = RunRequest(
      board: plain.board, layout: plain.layout, banks: plain.banks, inventedRAM: [],
      cmaBytes: .mebibytes(64), via: .deviceTree, commandLinePool: nil,
      kconfigPool: try KconfigPool(parsing: "3000M"), regions: [node], kernel: plain.kernel,
      pageSize: plain.pageSize, cpus: 1, commandLine: plain.commandLine, tests: [],
      deviceTree: plain.deviceTree, placement: nil)
    var console = try FramedConsole(.wide)
    console["kernel-log"] =
      (console["kernel-log"] ?? "") + """
        <6>[    0.000000] Reserved memory: created CMA memory pool at 0x0000000010000000, size 64 MiB
        <6>[    0.000000] OF: reserved mem: initialized node linux,cma@10000000, compatible id shared-dma-pool

        """
    let judgement = request.judged(console.bytes)
    #expect(judgement.check("cma.winner")?.observed == "linux,cma-default of 'linux,cma@10000000'")
    #expect(judgement.check("cma.winner")?.verdict == .pass)
    #expect(judgement.check("cma.total")?.verdict == .fail)
    #expect(judgement.reason.contains("beside the node's pool"), "\(judgement.reason)")
    #expect(judgement.reason.hasSuffix("; next: a kernel with CONFIG_CMA_SIZE_MBYTES=0"))
  }

  @Test func aTreeDefaultGivesWayToCMA() throws {
    let request = GuestConsole.wide.request.but(regions: [node])
    var console = try FramedConsole(.wide)
    console["kernel-log"] =
      (console["kernel-log"] ?? "") + """
        <6>[    0.000000] Reserved memory: bypass linux,cma node, using cmdline CMA params instead
        <6>[    0.000000] OF: reserved mem: node linux,cma compatible matching fail

        """
    let judgement = request.judged(console.bytes)
    #expect(judgement.verdict == .pass, "\(judgement.reason)")
    #expect(judgement.regions.map(\.kind) == [.bypassed])
    #expect(judgement.check("region.linux,cma")?.observed == "bypassed")
  }

  @Test func anAddressThatIsTakenNamesWhoTookIt() throws {
    let request = GuestConsole.unreserved.request.but(
      pool: try PoolRequest(parsing: "2048M@0x400000"),
      regions: [
        RunRequest.Region(
          node: "video@50000000", bytes: .mebibytes(64), base: PhysicalAddress(0x5000_0000),
          isPool: false, isNoMap: false)
      ])
    let judgement = request.judged(try GuestConsole.unreserved.bytes)
    #expect(judgement.reason.contains("is taken by 'video@50000000' (0x50000000-0x53ffffff)"))
  }
}
