// SPDX-License-Identifier: Apache-2.0
import GuestConsoles
import Observations
import Quantities
import Testing
import Transcripts

/// Each source, with whatever else it may hold.
@Suite struct SourceTests {
  /// What a guest says that printed these records and nothing else.
  private func guest(_ records: FramedConsole.Record...) -> Observations {
    Observations(Transcript(FramedConsole(records: records).bytes))
  }

  private let uname = FramedConsole.Record("uname", "release 5.10.251\npage-size 16384\n")

  @Test func anOldKernelNamesItsPoolWithAPrefix() {
    let pool = FramedConsole.Record(
      "cma-debugfs",
      "cma-linux,cma/base_pfn\t64\ncma-linux,cma/count\t16\n"
        + "cma-reserved/base_pfn\t128\ncma-reserved/count\t32\ncma-reserved/used\t3\n")
    let areas = guest(uname, pool).cmaAreas?.areas.map(\.value)
    #expect(areas?.map(\.name) == ["linux,cma", "reserved"])
    #expect(areas?.map { "\($0.range)" } == ["0x100000-0x13ffff", "0x200000-0x27ffff"])
    #expect(areas?.map(\.usedPages) == [nil, 3])
    #expect(areas?.map(\.largestFreePages) == [nil, nil])
  }

  /// From 6.1 on a folder has the node's whole name, whatever it begins with.
  @Test(arguments: [("5.10.251", ["x"]), ("6.1.192", ["cma-x"]), ("7.2.13", ["cma-x"])])
  func aNodeMayHaveTheOldPrefixInItsName(release: String, names: [String]) {
    let uname = FramedConsole.Record("uname", "release \(release)\npage-size 4096\n")
    let pool = FramedConsole.Record("cma-debugfs", "cma-x/base_pfn\t128\ncma-x/count\t32\n")
    #expect(guest(uname, pool).cmaAreas?.areas.map(\.value.name) == names)
  }

  @Test func sysfsCountsWhatEachPoolWasAskedFor() {
    let counters = FramedConsole.Record(
      "cma-sysfs",
      "cam/alloc_pages_fail\t0\ncam/alloc_pages_success\t12\n"
        + "odd/alloc_pages_success\t7\nreserved/alloc_pages_fail\t2\n"
        + "reserved/alloc_pages_success\t384\n")
    let seen = guest(uname, counters).cmaStatistics
    #expect(seen.map(\.value.name) == ["cam", "reserved"])
    #expect(seen.map(\.value.allocatedPages) == [12, 384])
    #expect(seen.map(\.value.refusedPages) == [0, 2])
    #expect(seen.last?.evidence.text == "reserved/alloc_pages_success\t384")
    #expect(guest(uname).cmaStatistics.isEmpty)
  }

  /// A new kernel shows each range of a pool, and the first one's base in the pool's own folder.
  @Test func theRangesOfAPoolAreNoPools() {
    let pool = FramedConsole.Record(
      "cma-debugfs",
      "reserved/base_pfn\t128\nreserved/count\t32\nreserved/ranges/0/base_pfn\t128\n"
        + "reserved/ranges/0/count\t32\n")
    #expect(guest(uname, pool).cmaAreas?.areas.map(\.value.name) == ["reserved"])
  }

  @Test(
    arguments: [
      "reserved/base_pfn\t128\n", "reserved/base_pfn\tmany\nreserved/count\t32\n",
      "reserved/base_pfn\t128\nreserved/count\t0\n",
      "reserved/base_pfn\t18446744073709551615\nreserved/count\t1\n",
      "reserved/base_pfn\t1\nreserved/count\t18446744073709551615\n",
      "reserved/base_pfn 128\nreserved/count 32\n", "base_pfn\t1\ncount\t1\n",
    ])
  func aPoolWithoutBaseOrSizeIsNone(payload: String) {
    #expect(guest(uname, FramedConsole.Record("cma-debugfs", payload)).cmaAreas?.areas == [])
  }

  @Test func withoutAPageSizeThereAreNoAddresses() {
    let pool = FramedConsole.Record("cma-debugfs", "reserved/base_pfn\t1\nreserved/count\t1\n")
    #expect(guest(pool).cmaAreas == nil)
    #expect(guest(FramedConsole.Record("uname", "page-size 0x\n"), pool).cmaAreas == nil)
  }

  @Test func aMemoryInfoWithoutCMAHasNoFigures() {
    let info = guest(FramedConsole.Record("meminfo", "MemTotal: 4 kB\nHugePages_Total: 0\n"))
    #expect(info.memoryInfo?.memoryTotal?.value == .kibibytes(4))
    #expect(info.memoryInfo?.cmaTotal == nil)
    for line in [
      "CmaTotal: 4 MB", "CmaTotal 4 kB", "CmaTotal: x kB", "CmaTotal: 4", "xCmaTotal: 4 kB",
    ] {
      #expect(guest(FramedConsole.Record("meminfo", "\(line)\n")).memoryInfo?.cmaTotal == nil)
    }
    let huge = guest(FramedConsole.Record("meminfo", "CmaTotal: 18446744073709551615 kB\n"))
    #expect(huge.memoryInfo?.cmaTotal == nil)
  }

  @Test func whatIsNoRangeIsPassedOver() {
    let io = guest(
      FramedConsole.Record(
        "iomem",
        "00001000-00001fff : System RAM\n  00001000-000010ff : reserved\n00002000-00001fff : System RAM\n"
          + "xyz-00001fff : System RAM\n00003000 : System RAM\n00004000-00004fff System RAM\n"
          + "0-ffffffffffffffff : System RAM\n00005000-00005fff : System RAM (kmem)\n\n"))
    #expect(io.ioMemory?.systemRAM.map { "\($0.value)" } == ["0x1000-0x1fff"])
    #expect(io.ioMemory?.reserved.map { "\($0.value)" } == ["0x1000-0x10ff"])
  }

  @Test func memblockHasFlagsOnNewKernels() {
    let list = guest(
      FramedConsole.Record(
        "memblock-memory",
        "   0: 0x0000000000000000..0x000000000fffffff    0 NONE\n  10: 0x20000000..0x2fffffff\n"
          + "base: 0x1..0x2\n: 1\nfoo\n"))
    #expect(
      list.memblockMemory?.ranges.map { "\($0.value)" } == [
        "0x0-0xfffffff", "0x20000000-0x2fffffff", "0x1-0x2",
      ])
  }

  @Test(
    arguments: [
      // Cells, the property, the banks.
      (
        "00000002", "00000002", "0000000100000000" + "0000000000001000", ["0x100000000-0x100000fff"]
      ),
      ("00000001", "00000001", "80000000" + "00001000", ["0x80000000-0x80000fff"]),
      ("00000002", "00000001", "0000000100000000" + "00001000", ["0x100000000-0x100000fff"]),
      (
        "00000001", "00000001", "00000000" + "00001000" + "80000000" + "00002000",
        ["0x0-0xfff", "0x80000000-0x80001fff"]
      ),
      ("00000001", "00000001", "80000000" + "00000000", []),
      ("00000001", "00000001", "80000000" + "0000", []),
      ("00000001", "00000001", "8000000", []), ("00000001", "00000001", "8000000g00001000", []),
      ("00000003", "00000002", "00", []), ("00000000", "00000001", "00001000", []),
      ("ffffffffffffffff", "00000001", "00001000", []),
      ("00000001", "ffffffffffffffffffff", "00001000", []),
      ("00000002", "00000002", "ffffffffffffffff" + "ffffffffffffffff", []),
    ])
  func banksAreReadWithTheCellsOfTheRoot(
    addressCells: String, sizeCells: String, reg: String, banks: [String]
  ) {
    let tree = FramedConsole.Record(
      "device-tree",
      "/\t#address-cells\t\(addressCells)\n/\t#size-cells\t\(sizeCells)\n/memory@0\treg\t\(reg)\n")
    #expect(guest(tree).deviceTree?.banks.map { "\($0.value)" } == banks)
  }

  @Test func onlyMemoryNodesAreBanks() {
    let tree = FramedConsole.Record(
      "device-tree",
      "/memory\treg\t0000000000001000\n/memory-map@0\treg\t0000000000001000\n"
        + "/reserved-memory/a@0\treg\t0000000000001000\n/memory@0\tother\t0000000000001000\n")
    #expect(
      guest(tree).deviceTree?.banks.map(\.evidence.text) == ["/memory\treg\t0000000000001000"])
  }

  @Test(
    arguments: [
      ("0", 1), ("0-3", 4), ("0-3,5", 5), ("0,2,4-5", 4), ("", nil), ("3-0", nil), ("x", nil),
      ("0-x", nil), ("0-99999999999", nil),
    ] as [(String, Int?)])
  func cpusAreCounted(list: String, count: Int?) {
    let cpus = guest(FramedConsole.Record("cpus", "online \(list)\npresent 0-7\n"))
    #expect(cpus.identity.onlineCPUs?.value == count)
  }

  /// Half a list of RAM looks like a machine with half the RAM.
  @Test(arguments: ["!failed EIO /proc/x\n", "!truncated\n"])
  func aSourceThatBrokeOffIsNotRead(excuse: String) {
    let guest = guest(
      FramedConsole.Record("meminfo", "CmaTotal: 4 kB\n\(excuse)"),
      FramedConsole.Record("iomem", "00001000-00001fff : System RAM\n\(excuse)"),
      FramedConsole.Record("memblock-memory", "  0: 0x0..0xfff\n\(excuse)"),
      FramedConsole.Record("device-tree", "/memory\treg\t0000000000001000\n\(excuse)"))
    #expect(guest.memoryInfo == nil)
    #expect(guest.ioMemory == nil)
    #expect(guest.memblockMemory == nil)
    #expect(guest.deviceTree == nil)
    #expect(guest.absences.map(\.line) == [3, 7, 11, 15])
  }
}
