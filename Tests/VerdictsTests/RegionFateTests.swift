// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import GuestConsoles
import Quantities
import Records
import Testing
import Verdicts

/// What became of each region, in logs of real guests.
@Suite("Fates of regions")
struct RegionFateTests {
  private func request(of console: RegionConsole) throws -> RunRequest {
    try JSONDecoder().decode(RunRequest.self, from: Data(console.request))
  }

  private func judged(
    _ console: RegionConsole, altering alter: (inout FramedConsole) -> Void
  ) throws -> Judgement {
    var framed = FramedConsole(console.bytes)
    alter(&framed)
    return try request(of: console).judged(framed.bytes)
  }

  @Test(
    "each region has the outcome that the kernel's log gives it", arguments: RegionConsole.names)
  func outcomes(name: String) throws {
    let console = try RegionConsole(name)
    let judgement = try request(of: console).judged(console.bytes)
    #expect(judgement.verdict.rawValue == console.expected.verdict, "\(judgement.reason)")
    #expect(
      (judgement.ids(.fail) + judgement.ids(.inconclusive)).sorted() == console.expected.failed)
    #expect(judgement.regions.count == console.expected.regions.count)
    for outcome in judgement.regions {
      let due = try #require(console.expected.regions[outcome.node])
      #expect(outcome.kind.rawValue == due.kind, "\(outcome.node)")
      #expect(outcome.base.map { "\($0)" } == due.base, "\(outcome.node)")
      #expect(outcome.bytes?.bytes == due.bytes, "\(outcome.node)")
      #expect(judgement.check("region.\(outcome.node)") != nil)
    }
  }

  /// debugfs of 5.10 shows one of the two as `cma-video-pool-`, and the other one not at all.
  @Test("a pool has its node's whole name in a record")
  func wholeNames() throws {
    let console = try RegionConsole("5.10-cutnames")
    let request = try request(of: console)
    let halt = EmulatorHalt.exited(status: 0)
    let record = RunRecord(
      request, request.judged(console.bytes),
      outcome: EmulatorOutcome(halt: halt, complaints: "", seconds: 0.5), artifacts: [:],
      timing: [:])
    let names = record.observed.cmaAreas.map(\.name)
    #expect(Set(names).isSuperset(of: ["video-pool-alpha", "video-pool-beta"]), "\(names)")
  }

  @Test("there are consoles of every kernel line")
  func everyLine() {
    let lines = Set(
      RegionConsole.names.compactMap { $0.split(separator: "-").first.map(String.init) })
    #expect(lines == ["5.10", "6.1", "6.12", "7.2"])
  }

  @Test(
    "a log that is not whole proves nothing by its silence",
    arguments: ["5.10-silent", "6.1-silent", "5.10-pair", "6.12-beside"])
  func cutLog(name: String) throws {
    let console = try RegionConsole(name)
    let cut = try judged(console) {
      $0["kernel-log"] = ($0["kernel-log"] ?? "") + "!truncated\n"
    }
    #expect(cut.verdict == .inconclusive, "\(cut.reason)")
    let wrapped = try judged(console) {
      $0["kernel-log"] = Self.wrapped($0["kernel-log"])
      $0.boot = ""
    }
    #expect(wrapped.verdict == .inconclusive, "\(wrapped.reason)")
    #expect(wrapped.reason.contains("the beginning of the kernel's log is missing"))
  }

  /// A ring buffer that has lost its oldest message.
  private static func wrapped(_ log: String?) -> String {
    (log ?? "").split(separator: "\n").dropFirst().map { "\($0)\n" }.joined()
  }

  @Test("the console has what a ring buffer lost", arguments: RegionConsole.names)
  func wrappedLog(name: String) throws {
    let console = try RegionConsole(name)
    let whole = try judged(console) { _ in }
    let wrapped = try judged(console) { $0["kernel-log"] = Self.wrapped($0["kernel-log"]) }
    #expect(wrapped.verdict == whole.verdict, "\(wrapped.reason)")
    #expect(
      wrapped.checks.map { "\($0.id) \($0.verdict)" }
        == whole.checks.map { "\($0.id) \($0.verdict)" })
  }

  @Test("a console that keeps messages to itself does not")
  func quietConsole() throws {
    let console = try RegionConsole("6.1-silent")
    let judged = try judged(console) {
      $0["kernel-log"] = Self.wrapped($0["kernel-log"])
      // As 'loglevel=5' does, which is read after the first messages.
      let lines = $0.boot.split(separator: "\r\n")
      $0.boot = lines.enumerated().filter { $0.offset % 8 != 7 }.map { "\($0.element)\r\n" }
        .joined()
    }
    #expect(judged.verdict == .inconclusive, "\(judged.reason)")
  }

  @Test("a complaint that names the node is not lost with the log's beginning")
  func complaintInCutLog() throws {
    let console = try RegionConsole("6.1-twins")
    let cut = try judged(console) {
      $0["kernel-log"] = Self.wrapped($0["kernel-log"])
      $0.boot = ""
    }
    #expect(cut.verdict == .fail)
    #expect(cut.check("region.aaa")?.verdict == .fail)
  }

  @Test("a kernel's word that iomem contradicts is refuted")
  func mappedCarveOut() throws {
    let console = try RegionConsole("6.12-beside")
    let judgement = try judged(console) { framed in
      let lines = (framed["iomem"] ?? "").split(separator: "\n").map(String.init)
      let kept = lines.filter { !$0.contains("-51ffffff : reserved") && !$0.contains("50000000-") }
      framed["iomem"] = kept.map { line in
        let isFirst = line.hasSuffix(" : System RAM") && line.hasPrefix("00000000-")
        return isFirst ? "00000000-51ffffff : System RAM\n" : "\(line)\n"
      }.joined()
    }
    #expect(judgement.verdict == .fail)
    #expect(
      judgement.check("region.flt")?.observed
        == "a carve-out of 16 MiB at 0x50000000, of which a part is System RAM")
  }

  @Test("a place outside of the request's window is refuted")
  func placeOutsideWindow() throws {
    let console = try RegionConsole("6.12-beside")
    let judgement = try judged(console) { framed in
      framed.replace("at 0x0000000050000000", with: "at 0x0000000052000000", in: "kernel-log")
      framed.replace(
        "0x0000000050000000..0x0000000050ffffff", with: "0x0000000052000000..0x0000000052ffffff",
        in: "kernel-log")
    }
    #expect(judgement.check("region.flt")?.verdict == .fail)
    #expect(judgement.check("region.flt")?.observed.contains("not where it was to be") == true)
  }

  @Test("two regions that the log puts at one place share it")
  func oneBaseForTwo() throws {
    let console = try RegionConsole("6.12-beside")
    let judgement = try judged(console) { framed in
      framed.replace(
        "0x0000000050000000..0x0000000050ffffff", with: "0x0000000051000000..0x0000000051ffffff",
        in: "kernel-log")
    }
    #expect(judgement.check("region.flt")?.observed.contains("overlapping fix@51000000") == true)
    #expect(judgement.check("region.fix@51000000")?.verdict == .fail)
  }

  @Test("a command line that reads like an overlap is none")
  func echoedOverlap() throws {
    let console = try RegionConsole("6.12-beside")
    let judgement = try judged(console) { framed in
      framed.replace(
        "Kernel command line: ",
        with: "Kernel command line: x (0x1--0x2) overlaps with fix@51000000 (0x3--0x4) ",
        in: "kernel-log")
    }
    #expect(judgement.check("region.fix@51000000")?.verdict == .pass)
  }

  @Test("a test that held fewer regions than were asked for does not pass")
  func missingRegionOfTest() throws {
    let console = try RegionConsole("6.12-testregion")
    let judgement = try request(of: console).judged(console.bytes)
    let test = try #require(judgement.tests.first)
    #expect(test.verdict == .fail)
    #expect(test.reason.hasPrefix("its program never held 'bbb': "))
  }
}
