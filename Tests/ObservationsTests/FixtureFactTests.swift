// SPDX-License-Identifier: Apache-2.0
import GuestConsoles
import Observations
import Quantities
import Testing
import Transcripts

/// What real guests said, to the byte, each fact with the line of the log that shows it.
@Suite struct FixtureFactTests {
  private func observations(_ console: GuestConsole) throws -> Observations {
    Observations(Transcript(try console.bytes))
  }

  /// `0x34800000-0xefffffff @282`.
  private func words(_ facts: [Fact<PhysicalRange>]?) -> [String]? {
    facts?.map { "\($0.value) @\($0.evidence.line)" }
  }

  @Test func theWideGuest() throws {
    let guest = try observations(.wide)
    #expect(guest.memoryInfo?.cmaTotal?.value == .kibibytes(3_072_000))
    #expect(
      guest.memoryInfo?.cmaTotal?.evidence
        == Evidence(source: "meminfo", line: 124, text: "CmaTotal:        3072000 kB"))
    #expect(guest.memoryInfo?.cmaFree?.value == .kibibytes(3_070_464))
    #expect(guest.memoryInfo?.cmaFree?.evidence.line == 125)
    #expect(guest.memoryInfo?.memoryTotal?.value == .kibibytes(4_052_012))
    #expect(
      words(guest.ioMemory?.systemRAM) == [
        "0x0-0xefffffff @139", "0x800000000-0x80fffffff @147",
      ])
    #expect(words(guest.ioMemory?.reserved)?.contains("0x30800000-0xefffffff @144") == true)
    #expect(
      words(guest.memblockMemory?.ranges) == [
        "0x0-0xefffffff @158", "0x800000000-0x80fffffff @159",
      ])
    #expect(guest.memblockReserved?.ranges.count == 21)
    #expect(words(guest.memblockReserved?.ranges)?[3] == "0x30800000-0xefffffff @165")
    #expect(
      words(guest.deviceTree?.banks) == ["0x0-0xefffffff @197", "0x800000000-0x80fffffff @200"])
    #expect(guest.absences == [])
  }

  @Test func thePoolOfTheWideGuest() throws {
    let guest = try observations(.wide)
    let area = try #require(guest.cmaAreas?.areas.first)
    #expect(guest.cmaAreas?.areas.count == 1)
    #expect(area.value.name == CMAArea.defaultName)
    #expect("\(area.value.range)" == "0x34800000-0xefffffff")
    #expect(area.value.usedPages == 384)
    #expect(area.value.largestFreePages == 767_616)
    #expect(area.evidence.line == 128)

    let messages = guest.cmaMessages
    #expect(messages.reserved.map(\.value.wholeMebibytes) == [3000])
    #expect(messages.reserved.map(\.value.base) == [PhysicalAddress(0x3480_0000)])
    #expect(messages.reserved.map(\.evidence.line) == [504])
    #expect(messages.reserved.map(\.evidence.source) == ["kernel-log"])
    #expect(messages.failed == [])
    #expect(messages.reservedByMemoryLine?.value == .kibibytes(3_072_000))
    #expect(messages.reservedByMemoryLine?.evidence.line == 526)
    #expect(messages.all.map(\.line) == [504])
  }

  @Test func theWideGuestIsWhoItSays() throws {
    let identity = try observations(.wide).identity
    #expect(identity.kernelRelease?.value == "6.1.192")
    #expect(identity.kernelRelease?.evidence.line == 207)
    #expect(identity.pageSize?.value == .kibibytes(4))
    #expect(identity.pageSize?.evidence.line == 210)
    #expect(identity.pageblockPages?.value == 1024)
    #expect(identity.pageblockPages?.evidence.line == 465)
    #expect(identity.largestOrder?.value == 10)
    #expect(identity.onlineCPUs?.value == 1)
    #expect(identity.commandLine?.value == "console=ttyAMA0 earlycon panic=-1 cma=3000M")
    #expect(identity.commandLine?.evidence.line == 185)
    #expect(identity.flattenedTree?.value == .init(bytes: 1582, checksum: 0x1f5b_c8d1))
    #expect(identity.uptime?.value == 0.549078)
  }

  @Test func fourCPUsAreCounted() throws {
    let identity = try observations(.fourCPUs).identity
    #expect(identity.onlineCPUs?.value == 4)
    #expect(identity.onlineCPUs?.evidence.text == "online 0-3")
    #expect(identity.onlineCPUs?.evidence.line == 218)
  }

  /// Debian's kernel has CMA, and shows it neither in debugfs nor in sysfs.
  @Test func debiansGuestSaysWhatItLacks() throws {
    let guest = try observations(.debian)
    #expect(guest.memoryInfo?.cmaTotal?.value == .kibibytes(3_072_000))
    #expect(guest.cmaAreas == nil)
    #expect(
      guest.absences == [
        Evidence(source: "cma-debugfs", line: 271, text: "!absent ENOENT /sys/kernel/debug/cma"),
        Evidence(source: "cma-sysfs", line: 274, text: "!absent ENOENT /sys/kernel/mm/cma"),
      ])
    #expect(guest.cmaMessages.reserved.first?.value.base == PhysicalAddress(0x3480_0000))
    #expect(guest.cmaMessages.reserved.first?.evidence.line == 711)
    #expect(guest.memblockReserved?.ranges.count == 22)
    #expect(guest.identity.kernelRelease?.value == "6.1.0-56-arm64")
    #expect(guest.identity.pageblockPages?.value == 512)
    #expect(guest.identity.largestOrder?.value == 10)
  }

  @Test func theRoundedPool() throws {
    let guest = try observations(.rounded)
    #expect(guest.memoryInfo?.cmaTotal?.value == .mebibytes(2032))
    #expect(guest.cmaAreas?.areas.first.map { "\($0.value.range)" } == "0xc00000-0x7fbfffff")
    #expect(guest.cmaMessages.reserved.map(\.value.wholeMebibytes) == [2032])
    #expect(
      words(guest.ioMemory?.systemRAM) == [
        "0x0-0x7fefffff @145", "0x800000000-0x87fffffff @153",
      ])
  }

  @Test func thePoolThatWasRefused() throws {
    let guest = try observations(.unreserved)
    #expect(guest.memoryInfo?.cmaTotal?.value == .zero)
    #expect(guest.cmaAreas?.areas == [])
    #expect(guest.cmaMessages.reserved == [])
    #expect(guest.cmaMessages.failed.map(\.value) == [2048])
    #expect(
      guest.cmaMessages.failed.first?.evidence
        == Evidence(
          source: "kernel-log", line: 499,
          text: "<3>[    0.000000] cma: Failed to reserve 2048 MiB"))
    #expect(guest.cmaMessages.reservedByMemoryLine?.value == .zero)
  }

  /// It died before it could print a record, so the kernel's own words are all there is.
  @Test func theGuestThatPanicked() throws {
    let guest = try observations(.panicked)
    #expect(guest.memoryInfo == nil)
    #expect(guest.ioMemory == nil)
    #expect(guest.deviceTree == nil)
    #expect(guest.cmaAreas == nil)
    #expect(guest.identity.kernelRelease == nil)
    #expect(guest.absences == [])
    #expect(guest.cmaMessages.reserved.map(\.value.base) == [PhysicalAddress(0xc0_0000)])
    #expect(guest.cmaMessages.reserved.map(\.evidence.source) == ["console"])
    #expect(guest.cmaMessages.reserved.map(\.evidence.line) == [14])
    #expect(guest.cmaMessages.reservedByMemoryLine?.value == .kibibytes(2_048_000))
    let message = guest.kernelLog.first("Kernel panic")
    #expect(message?.seconds == 0.214410)
    #expect(message?.evidence.line == 113)
  }

  @Test func anEmptyConsoleSaysNothing() {
    let guest = Observations(Transcript([]))
    #expect(guest.kernelLog.messages.isEmpty)
    #expect(guest.cmaMessages.all == [])
    #expect(guest.memoryInfo == nil)
    #expect(guest.identity.onlineCPUs == nil)
  }
}
