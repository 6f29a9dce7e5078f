// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Quantities
import Records
import Testing
import Transcripts
import Verdicts

@Suite struct RunRecordTests {
  private func record(
    _ console: GuestConsole, _ halt: EmulatorHalt = .exited(status: 0)
  ) throws -> RunRecord {
    RunRecord(
      console.request, try console.judged(halt),
      outcome: EmulatorOutcome(halt: halt, complaints: "qemu: \"so\"\n", seconds: 0.5),
      artifacts: ["console": "console.log"], timing: ["guest": 0.5, "total": 1.25])
  }

  @Test(arguments: GuestConsole.allCases)
  func aRecordIsReadBackAsItWas(console: GuestConsole) throws {
    let record = try record(console)
    #expect(try RunRecord(json: Array(try record.json().utf8)) == record)
  }

  @Test(
    arguments: [
      EmulatorHalt.exited(status: 1), .killed(signal: 9), .overdue(stage: "end", seconds: 3.5),
      .flooded(limit: 9), .interrupted,
    ])
  func everyHaltIsReadBack(halt: EmulatorHalt) throws {
    let record = try record(.wide, halt)
    let again = try RunRecord(json: Array(try record.json().utf8))
    #expect(again == record)
    #expect(again.emulator?.halt == halt)
  }

  @Test func aRunThatHasNotEndedIsInconclusive() throws {
    let record = RunRecord.pending(GuestConsole.wide.request, artifacts: [:])
    #expect(record.verdict == .inconclusive)
    #expect(try RunRecord(json: Array(try record.json().utf8)) == record)
  }

  @Test func aReadRequestIsJudgedAlike() throws {
    for console in GuestConsole.allCases {
      let record = try record(console)
      let request = try RunRecord(json: Array(try record.json().utf8)).request
      #expect(request.judged(try console.bytes).verdict == record.verdict)
    }
  }

  /// What scripts rely on.
  @Test func numbersAndAddressesAreWrittenAsPromised() throws {
    let json = try record(.wide).json()
    for line in [
      #""schema" : "cmalab.run/1""#, #""verdict" : "pass""#, #""cmaTotalBytes" : 3145728000"#,
      #""cmaFreeBytes" : 3144155136"#, #""base" : "0x34800000""#, #""bytes" : 3145728000"#,
      #""start" : "0x800000000""#, #""end" : "0x80fffffff""#, #""kind" : "completed""#,
      #""kernelRelease" : "6.1.192""#, #""via" : "cmdline""#, #""cpus" : 1"#,
    ] {
      #expect(json.contains(line), "\(line)")
    }
    #expect(json.hasSuffix("}\n"))
  }

  @Test func debiansPoolIsNamedFromTheLog() throws {
    let areas = try record(.debian).observed.cmaAreas
    #expect(areas.map(\.name) == ["reserved"])
    #expect(areas.map(\.base) == [PhysicalAddress(0x3480_0000)])
    #expect(areas.map(\.bytes) == [.mebibytes(3000)])
  }

  @Test func thePoolOfAPanickedGuestIsNamedFromTheConsole() throws {
    let areas = try record(.panicked).observed.cmaAreas
    #expect(areas.map(\.base) == [PhysicalAddress(0xc0_0000)])
    #expect(areas.map(\.bytes) == [.mebibytes(2000)])
  }

  @Test(
    arguments: [
      ("", ""), (#"/1""#, #"/2""#), (#""pass""#, #""perhaps""#), ("0x34800000", "34800000x"),
      ("3145728000", "-1"), (#""end" : "0x80fffffff""#, #""end" : "0x0""#),
    ])
  func anotherSchemaIsRefused(old: String, new: String) throws {
    let json = old.isEmpty ? "" : try JSONText.document(record(.wide)).replacing(old, with: new)
    #expect(throws: RecordDamage.self) { try RunRecord(json: Array(json.utf8)) }
  }
}
