// SPDX-License-Identifier: Apache-2.0
import GuestConsoles
import Observations
import Quantities
import Testing
import Transcripts

/// The words of the kernel lines on CMA, as each of them prints them.
@Suite struct KernelLogTests {
  private func messages(_ lines: String...) -> CMAMessages {
    let payload = lines.map { "\($0)\n" }.joined()
    let log = FramedConsole.framed("kernel-log", payload, sequence: 0)
    return Observations(Transcript(Array(log.utf8))).cmaMessages
  }

  @Test(
    arguments: [
      "<6>[    0.000000] cma: Reserved 3000 MiB at 0x0000000034800000",
      "<6>[    0.000000] cma: Reserved 3000 MiB at 0x0000000034800000 on node -1",
      "<6>[    0.000000] cma: Reserved 3000 MiB at 0x0000000034800000 on node 0",
      "<6>[    0.000000][    T0] cma: Reserved 3000 MiB at 0x0000000034800000 on node -1",
      "<6>cma: Reserved 3000 MiB at 0x0000000034800000",
    ])
  func aPoolIsReserved(line: String) {
    let messages = messages(line)
    #expect(messages.reserved.map(\.value.wholeMebibytes) == [3000])
    #expect(messages.reserved.map(\.value.base) == [PhysicalAddress(0x3480_0000)])
    #expect(messages.all.map(\.text) == [line])
  }

  @Test(arguments: ["in 1 range", "in 2 ranges"])
  func aPoolOfRangesHasNoBase(words: String) {
    let messages = messages("<6>[    0.000000] cma: Reserved 3000 MiB \(words)")
    #expect(messages.reserved.map(\.value.wholeMebibytes) == [3000])
    #expect(messages.reserved.map(\.value.base) == [nil])
  }

  @Test(arguments: ["", " on node -1", " on node 1"])
  func aPoolIsRefused(node: String) {
    let messages = messages("<3>[    0.000000] cma: Failed to reserve 2048 MiB\(node)")
    #expect(messages.failed.map(\.value) == [2048])
    #expect(messages.reserved == [])
  }

  @Test(
    arguments: [
      "cma: Reserved many MiB at 0x34800000", "cma: Reserved 3000 KiB at 0x34800000",
      "cma: Reserved 3000", "cma: Failed to reserve", "cma: dma_contiguous_reserve(limit 0)",
      "cma: __cma_declare_contiguous_nid: whatever comes", "cma:",
      "Reserved memory: created CMA memory pool at 0x0000000040000000, size 64 MiB",
      "OF: reserved mem: initialized node linux,cma, compatible id shared-dma-pool",
      "OF: fdt: Reserved memory: failed to reserve memory for node 'pool'",
    ])
  func whatIsNotUnderstoodIsKept(text: String) {
    let messages = messages("<6>[    0.000000] \(text)")
    #expect(messages.reserved == [])
    #expect(messages.failed == [])
    #expect(messages.all.map(\.text) == ["<6>[    0.000000] \(text)"])
  }

  @Test(arguments: [
    "CMA is fine", "hugetlb: no", "mm: cma: no", "[mem 0x0-0x1] cma: no", "OF: graph",
  ])
  func whatIsNotAboutCMAIsNot(text: String) {
    #expect(messages("<6>[    0.000000] \(text)").all == [])
  }

  @Test func theMemoryLineOfEachKernel() {
    let line = "<6>[    0.000000] Memory: 979004K/4194304K available (2112K kernel code"
    #expect(
      messages("\(line), 3072000K cma-reserved)").reservedByMemoryLine?.value == .mebibytes(3000))
    #expect(
      messages("\(line), 0K cma-reserved, 0K highmem)").reservedByMemoryLine?.value == .zero)
    #expect(messages("\(line))").reservedByMemoryLine == nil)
    #expect(messages("\(line), cma-reserved)").reservedByMemoryLine == nil)
  }

  @Test func timesAndTextsAreTakenApart() {
    let payload = """
      <6>[    0.000055] sched_clock: 57 bits
      <6>[12345.678901] late
      <7>[    0.158822]     /init
      no level at all
      <6>[mem 0x0000-0xffff] no time
      <5
      <6>[    1.000000][ Other] no caller

      """
    let log = FramedConsole.framed("kernel-log", payload, sequence: 0)
    let messages = Observations(Transcript(Array(log.utf8))).kernelLog.messages
    #expect(
      messages.map(\.text) == [
        "sched_clock: 57 bits", "late", "/init", "no level at all", "[mem 0x0000-0xffff] no time",
        "<5", "[ Other] no caller",
      ])
    #expect(
      messages.map(\.seconds) == [0.000055, 12345.678901, 0.158822, nil, nil, nil, 1])
    #expect(messages.map(\.evidence.line) == Array(2...8))
  }

  /// What the console had is better than the excuse for having no log.
  @Test func aLogThatCannotBeReadIsTakenFromTheConsole() {
    let log = FramedConsole.framed("kernel-log", "!failed ENOSYS syslog\n", sequence: 0)
    let boot = "[    0.000000] cma: Reserved 16 MiB at 0x0000000001000000\r\n"
    let guest = Observations(Transcript(Array((boot + log).utf8)))
    #expect(guest.cmaMessages.reserved.map(\.evidence.source) == ["console"])
    #expect(guest.absences.map(\.text) == ["!failed ENOSYS syslog"])
  }
}
