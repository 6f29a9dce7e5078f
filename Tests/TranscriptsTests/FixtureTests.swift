// SPDX-License-Identifier: Apache-2.0
import Emulator
import GuestConsoles
import Testing
import Transcripts

@Suite struct FixtureTests {
  @Test(arguments: GuestConsole.finished)
  func everyRecordProvesItself(console: GuestConsole) throws {
    let transcript = Transcript(try console.bytes)
    #expect(transcript.fault == nil)
    #expect(transcript.isComplete)
    #expect(
      transcript.records.map(\.name) == [
        "setup", "meminfo", "cma-debugfs", "cma-sysfs", "iomem", "memblock-memory",
        "memblock-reserved", "cmdline", "device-tree", "fdt", "uname", "cpus", "zoneinfo",
        "vmstat", "pagetypeinfo", "buddyinfo", "kernel-log", "end",
      ])
    #expect(transcript.ending(after: .exited(status: 0)).kind == .completed)
  }

  @Test(arguments: GuestConsole.finished)
  func payloadsAreWhatAnotherReaderSees(console: GuestConsole) throws {
    let framed = try FramedConsole(console)
    let transcript = Transcript(try console.bytes)
    for (record, expected) in zip(transcript.records, framed.records) {
      #expect(record.name == expected.name)
      #expect(record.payload == Array(expected.payload.utf8))
      #expect(record.header.length == expected.payload.utf8.count)
    }
  }

  @Test(arguments: GuestConsole.finished)
  func aLineKnowsWhereItStands(console: GuestConsole) throws {
    let transcript = Transcript(try console.bytes)
    let lines = transcript.console.lines
    for record in transcript.records {
      for line in record.lines {
        let shown = lines[line.consoleLine - 1]
        #expect(shown.number == line.consoleLine)
        #expect(shown.text.hasPrefix("@\(record.header.sequence) \(line.text)"))
      }
    }
  }

  @Test func aGuestThatPanickedHasNoRecords() throws {
    let transcript = Transcript(try GuestConsole.panicked.bytes)
    #expect(transcript.records.isEmpty)
    #expect(!transcript.isComplete)
    let ending = transcript.ending(after: .exited(status: 0))
    #expect(ending.kind == .panicked)
    #expect(ending.consoleLine == 113)
    #expect(ending.line.hasSuffix("Kernel panic - not syncing: System is deadlocked on memory"))
  }
}
