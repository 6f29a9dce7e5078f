// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Observations
import Quantities
import Records
import Testing
import Transcripts
import Verdicts

/// The verdicts on real guests.
@Suite struct FixtureVerdictTests {
  private static let all = [
    "guest.kernel", "guest.page-size", "guest.device-tree", "guest.command-line",
    "layout.device-tree", "layout.system-ram", "layout.memblock", "guest.cpus", "cma.total",
    "cma.base", "cma.size", "cma.bank", "cma.reserved",
  ]

  @Test(arguments: [GuestConsole.wide, .fourCPUs, .debian, .rounded])
  func theseGuestsPass(console: GuestConsole) throws {
    let judgement = try console.judged()
    #expect(judgement.verdict == .pass, "\(judgement.reason)")
    #expect(judgement.checks.map(\.id.rawValue) == Self.all)
    #expect(judgement.ids(.pass) == Self.all)
  }

  @Test func thePassIsInTheGuestsOwnWords() throws {
    let judgement = try GuestConsole.wide.judged()
    #expect(judgement.reason == "3000 MiB of CMA at 0x34800000, as the guest reports")
    #expect(judgement.check("cma.base")?.source.map(\.line) == [504, 128])
    #expect(judgement.check("cma.size")?.source.map(\.line) == [124, 128, 526])
    #expect(judgement.check("cma.bank")?.observed == "0x34800000-0xefffffff in 0x0-0xefffffff")
    #expect(judgement.check("cma.reserved")?.observed == "reserved within 0x30800000-0xefffffff")
  }

  @Test func theKernelsRoundingIsShown() throws {
    let total = try #require(try GuestConsole.rounded.judged().check("cma.total"))
    #expect(total.expected == "2032 MiB: 2030 MiB rounded up to 4 MiB")
    #expect(total.observed == "2032 MiB")
    #expect(total.source.map(\.source) == ["meminfo", "pagetypeinfo"])
  }

  @Test func aPoolThatWasRefusedFailsInTheKernelsWords() throws {
    let judgement = try GuestConsole.unreserved.judged()
    #expect(judgement.verdict == .fail)
    #expect(
      judgement.reason
        == "cma: Failed to reserve 2048 MiB; next: cmalab suggest")
    #expect(judgement.ids(.fail) == ["cma.total"])
    #expect(judgement.check("cma.total")?.expected == "2 GiB: 2046 MiB rounded up to 4 MiB")
  }

  @Test func aPanicFailsWithItsLine() throws {
    let judgement = try GuestConsole.panicked.judged()
    #expect(judgement.verdict == .fail)
    #expect(
      judgement.reason
        == "the guest panicked: System is deadlocked on memory; next: --cma 0, which tells whether the "
        + "pool is the cause"
    )
    #expect(judgement.checks == [])
    #expect(judgement.observations.cmaMessages.reserved.count == 1)
  }

  /// No guest is what another one was asked to be.
  @Test func noGuestPassesForAnother() throws {
    for asked in GuestConsole.allCases {
      for shown in GuestConsole.finished where shown != asked {
        let judgement = Judgement(
          asked.request, transcript: Transcript(try shown.bytes),
          outcome: EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 1))
        #expect(judgement.verdict == .inconclusive, "\(shown) for \(asked)")
      }
    }
  }

  @Test(
    arguments: [
      EmulatorHalt.exited(status: 1), .killed(signal: 9), .overdue(stage: "end", seconds: 3),
      .flooded(limit: 9), .interrupted,
    ])
  func onlyACompletedRunPasses(halt: EmulatorHalt) throws {
    let judgement = try GuestConsole.wide.judged(halt)
    #expect(judgement.verdict == .inconclusive)
    #expect(judgement.checks == [])
    #expect(judgement.observations.memoryInfo?.cmaTotal != nil)
  }

  @Test func anOopsFailsWhateverElseIsRight() throws {
    let oops = "[    1.000000] Internal error: Oops: 96000004 [#1] SMP\r\n"
    let judgement = GuestConsole.wide.judged(try GuestConsole.wide.bytes + Array(oops.utf8))
    #expect(judgement.verdict == .fail)
    #expect(judgement.reason.contains("Internal error: Oops: 96000004 [#1] SMP; next: "))
  }

  @Test func aFaultOfTheMonitorFails() {
    let line = "@monitor fault esr=0x0000000093c08007\r\n"
    let judgement = GuestConsole.wide.judged(Array(line.utf8))
    #expect(judgement.verdict == .fail)
    #expect(
      judgement.reason.contains(
        "memory that the board does not have: @monitor fault esr=0x0000000093c08007"))
  }

  @Test func aRemedyIsNamed() throws {
    let silent = GuestConsole.wide.judged([], complaints: "one\nqemu: no such file\n")
    #expect(silent.verdict == .inconclusive)
    #expect(
      silent.reason.contains(": qemu: no such file: no kernel for this board?; next: "))
    let late = try GuestConsole.wide.judged(.overdue(stage: "end", seconds: 3))
    #expect(late.reason.contains("stage 'end' was not over after 3 s"))
    #expect(late.reason.contains("--timeout"))
  }
}
