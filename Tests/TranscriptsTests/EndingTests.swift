// SPDX-License-Identifier: Apache-2.0
import Emulator
import GuestConsoles
import Testing
import Transcripts

@Suite struct EndingTests {
  private static let panic = "[    1.000000] Kernel panic - not syncing: no working init found"
  private static let oops = "[    1.000000] Internal error: Oops: 96000004 [#1] SMP"
  private static let fault = "@monitor fault esr=0x0000000093c08007 far=0x0000000000000000"

  private static let overdue = EmulatorHalt.overdue(stage: "userspace", seconds: 30)

  private func ending(_ text: String, _ halt: EmulatorHalt) -> Ending {
    Transcript(Array(text.utf8)).ending(after: halt)
  }

  private func completeLog() throws -> String {
    String(decoding: try GuestConsole.wide.bytes, as: UTF8.self)
  }

  @Test func everyHaltOfASilentGuest() {
    #expect(ending("", .exited(status: 0)).kind == .silent)
    #expect(ending("", .exited(status: 1)).kind == .emulatorExited)
    #expect(ending("", .killed(signal: 9)).kind == .emulatorExited)
    #expect(ending("", .overdue(stage: "first output", seconds: 5)).kind == .silent)
    #expect(ending("", .flooded(limit: 1)).kind == .corrupted)
    #expect(ending("", .interrupted).kind == .interrupted)
  }

  @Test func everyHaltOfAGuestThatHadMoreToSay() {
    let text = "[    0.000000] Booting Linux\r\n"
    #expect(ending(text, .exited(status: 0)).kind == .emulatorExited)
    #expect(ending(text, .exited(status: 1)).kind == .emulatorExited)
    #expect(ending(text, .killed(signal: 9)).kind == .emulatorExited)
    #expect(ending(text, Self.overdue).kind == .timedOut)
    #expect(ending(text, .flooded(limit: 1)).kind == .corrupted)
    #expect(ending(text, .interrupted).kind == .interrupted)
  }

  @Test func onlyAGuestThatPoweredOffHasCompleted() throws {
    let text = try completeLog()
    #expect(ending(text, .exited(status: 0)).kind == .completed)
    #expect(ending(text, .exited(status: 1)).kind == .emulatorExited)
    #expect(ending(text, .killed(signal: 15)).kind == .emulatorExited)
    #expect(ending(text, Self.overdue).kind == .timedOut)
    #expect(ending(text, .flooded(limit: 1)).kind == .corrupted)
    #expect(ending(text, .interrupted).kind == .interrupted)
  }

  @Test(
    arguments: [
      EmulatorHalt.exited(status: 0), .exited(status: 1), .killed(signal: 9), overdue,
      .flooded(limit: 1), .interrupted,
    ])
  func aPanicOutranksEverything(halt: EmulatorHalt) throws {
    let complete = try completeLog()
    for text in [
      Self.panic, "\(Self.oops)\r\n\(Self.panic)\r\n", "\(Self.fault)\r\n\(Self.panic)",
      complete + Self.panic,
    ] {
      let ending = ending(text, halt)
      #expect(ending.kind == .panicked)
      #expect(ending.line == Self.panic)
    }
  }

  @Test(arguments: [
    EmulatorHalt.exited(status: 0), .killed(signal: 9), overdue, .flooded(limit: 1),
  ])
  func anOopsAndAFaultOutrankWhatBecameOfQEMU(halt: EmulatorHalt) throws {
    let complete = try completeLog()
    #expect(ending(Self.oops, halt).kind == .oopsed)
    #expect(ending(complete + Self.oops, halt).kind == .oopsed)
    #expect(ending("boot\r\n\(Self.fault)\r\n", halt).kind == .faulted)
    #expect(ending("boot\r\n\(Self.fault)\r\n", halt).consoleLine == 2)
    #expect(ending("\(Self.fault)\r\n\(Self.oops)\r\n", halt).kind == .oopsed)
    #expect(ending(Self.oops, .interrupted).kind == .interrupted)
  }

  @Test(
    arguments: [
      "Internal error: Oops - BUG: 00000000f2000800 [#1] SMP",
      "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
      "Unable to handle kernel paging request at virtual address ffff800000000000",
      "kernel BUG at mm/cma.c:42!", "BUG: Bad page state in process init  pfn:00800",
    ])
  func eachOopsIsQuoted(words: String) {
    let ending = ending("one\r\n[    0.123456] \(words)\r\nthree\r\n", .exited(status: 0))
    #expect(ending.kind == .oopsed)
    #expect(ending.line == "[    0.123456] \(words)")
    #expect(ending.consoleLine == 2)
  }

  /// The panic may come while init prints: its line is then a record's and the kernel's both.
  @Test func aPanicInTheMiddleOfARecordIsSeen() throws {
    let bytes = try GuestConsole.wide.bytes
    let start = try #require(bytes.firstRange(of: Array("@4 00000000-efff".utf8)))
    let text = Array(bytes[..<start.upperBound]) + Array("\(Self.panic)\r\n".utf8)
    let ending = Transcript(text).ending(after: .exited(status: 0))
    #expect(ending.kind == .panicked)
    #expect(ending.line == Self.panic)
    #expect(ending.consoleLine == 139)
  }

  @Test func aFaultInTheMiddleOfARecordIsSeen() {
    let ending = ending("@0 abc\(Self.fault)\r\n", .exited(status: 0))
    #expect(ending.kind == .faulted)
    #expect(ending.line == Self.fault)
  }

  /// After a panic nobody prints a copy of the kernel's log, so it cannot be one.
  @Test func aQuotedPanicIsNone() throws {
    var console = try FramedConsole(.wide)
    let log = try #require(console["kernel-log"])
    console["kernel-log"] = log + "<0>\(Self.panic)\n"
    #expect(Transcript(console.bytes).ending(after: .exited(status: 0)).kind == .completed)
  }

  /// What was said while init had the console to itself.
  @Test func anOopsThatOnlyTheLogHasIsSeen() throws {
    var console = try FramedConsole(.wide)
    let log = try #require(console["kernel-log"])
    console["kernel-log"] = log + "<1>\(Self.oops)\n"
    let ending = Transcript(console.bytes).ending(after: .exited(status: 0))
    #expect(ending.kind == .oopsed)
    #expect(ending.line == "<1>\(Self.oops)")
  }

  @Test func aGarbledLogIsCorrupted() throws {
    var bytes = try GuestConsole.wide.bytes
    let total = try #require(bytes.firstRange(of: Array("CmaTotal".utf8)))
    bytes[total.lowerBound] = UInt8(ascii: "D")
    let ending = Transcript(bytes).ending(after: .exited(status: 0))
    #expect(ending.kind == .corrupted)
    #expect(ending.line == "console line 86: record 1 'meminfo' fails its checksum")
  }

  @Test func aDeadlineIsNamed() {
    let late = ending("boot", Self.overdue)
    #expect(late.stage == "userspace")
    #expect(late.line == "stage 'userspace' was not over after 30 s")
    #expect(
      ending("boot", .overdue(stage: "end", seconds: 0.5)).line
        == "stage 'end' was not over after 0.5 s")
    #expect(ending("boot", .overdue(stage: "end", seconds: 1e300)).kind == .timedOut)
  }
}
