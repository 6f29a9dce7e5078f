// SPDX-License-Identifier: Apache-2.0
import GuestImages
import Quantities
import Testing

@Suite struct StageTwoTablesTests {
  private static let base = PhysicalAddress(0x4020_3000)
  /// MemAttr 0b1111, S2AP read and write, inner shareable, AF.
  private static let ram: UInt64 = 0b1111 << 2 | 0b11 << 6 | 0b11 << 8 | 1 << 10
  /// MemAttr Device-nGnRE, S2AP read and write, AF, XN.
  private static let device: UInt64 = 0b0001 << 2 | 0b11 << 6 | 1 << 10 | 1 << 54

  private func walker(_ tables: StageTwoTables) -> TableWalker {
    TableWalker(base: Self.base.value, bytes: tables.bytes)
  }

  /// Goes from leaf to leaf: each maps a run of pages, so all the pages in between are looked at.
  private func check(
    _ range: PhysicalRange, isAt machine: UInt64, as attributes: UInt64, in walker: TableWalker
  ) throws {
    var next = range.start.value
    while next <= range.last.value {
      let leaf = try #require(try walker.leaf(at: next), "nothing at \(PhysicalAddress(next))")
      #expect(leaf.guest.lowerBound == next)
      #expect(leaf.guest.upperBound <= range.last.value + 1)
      #expect(leaf.machine == machine + (next - range.start.value))
      #expect(leaf.attributes == attributes)
      next = leaf.guest.upperBound
    }
  }

  @Test(arguments: 0..<UInt64(60))
  func everyPageOfEveryBankIsWhereItShouldBe(seed: UInt64) throws {
    let banks = randomBanks(seed)
    let memory = MachineMemory(banks: banks)
    var tables = StageTwoTables(base: Self.base, limit: 509)
    for backed in memory.banks { try tables.map(backed.bank, to: backed.machineStart, as: .ram) }
    let walker = walker(tables)

    for backed in memory.banks {
      let bank = backed.bank
      try check(bank, isAt: backed.machineStart.value, as: Self.ram, in: walker)
      let neighbours = [bank.start.value &- 0x1000, bank.last.value + 1]
      for page in neighbours where !banks.contains(where: { $0.contains(PhysicalAddress(page)) }) {
        #expect(try page >= 1 << 39 || walker.leaf(at: page) == nil, "\(bank): \(page)")
      }
    }
    let mapped = try walker.leaves().reduce(0) { $0 + UInt64($1.guest.count) }
    #expect(mapped == banks.reduce(0) { $0 + $1.size.bytes })
  }

  @Test func devicesAreDevices() throws {
    var tables = StageTwoTables(base: Self.base, limit: 509)
    let gic = range(0xf900_0000, 0x20_0000)
    let uart = range(0xff00_0000, 0x1000)
    try tables.map(range(0, 0xf000_0000), to: PhysicalAddress(0x8000_0000), as: .ram)
    try tables.map(gic, to: MonitorImage.machineGIC, as: .device)
    try tables.map(uart, to: MonitorImage.machineUART, as: .device)
    let walker = walker(tables)
    try check(gic, isAt: 0x0800_0000, as: Self.device, in: walker)
    try check(uart, isAt: 0x0900_0000, as: Self.device, in: walker)
    for free in [0xf8ff_f000, 0xf920_0000, 0xfeff_f000, 0xff00_1000] as [UInt64] {
      #expect(try walker.leaf(at: free) == nil)
    }
  }

  @Test(
    arguments: [
      // Start, size, machine; how many leaves of 1 GiB, 2 MiB and 4 KiB.
      (0, 0xf000_0000, 0x8000_0000, [3, 384, 0]),
      (0, 0xf000_0000, 0x4040_0000, [0, 1920, 0]),
      (0x8_0000_0000, 0x1000_0000, 0x4040_0000, [0, 128, 0]),
      (0x1000, 0x40_0000, 0x4040_1000, [0, 1, 512]),
      (0x1000, 0x40_0000, 0x4040_2000, [0, 0, 1024]),
      (0x3fff_f000, 0x4000_2000, 0x7fff_f000, [1, 0, 2]),
    ] as [(UInt64, UInt64, UInt64, [Int])])
  func theLargestBlocksThatFitAreTaken(
    start: UInt64, size: UInt64, machine: UInt64, leaves: [Int]
  ) throws {
    var tables = StageTwoTables(base: Self.base, limit: 509)
    try tables.map(range(start, size), to: PhysicalAddress(machine), as: .ram)
    let walker = walker(tables)
    try check(range(start, size), isAt: machine, as: Self.ram, in: walker)
    let sizes = try walker.leaves().map(\.guest.count)
    let blocks: [Int] = [1 << 30, 1 << 21, 1 << 12]
    #expect(blocks.map { size in sizes.count { $0 == size } } == leaves)
  }

  /// A table would be found by the address's lower bits, and map another one.
  @Test func whatIsPastTheGuestsAddressSpaceIsRefused() throws {
    var tables = StageTwoTables(base: Self.base, limit: 509)
    let last = try #require(PhysicalRange(at: (1 << 39) - 0x1000, bytes: 0x1000))
    try tables.map(last, to: PhysicalAddress(0x5000_0000), as: .ram)
    let past = try #require(PhysicalRange(at: (1 << 39) - 0x1000, bytes: 0x2000))
    #expect(throws: GuestImageError.outOfReach(past)) {
      try tables.map(past, to: PhysicalAddress(0x5000_0000), as: .ram)
    }
  }

  @Test func nothingIsMappedByDefault() throws {
    let tables = StageTwoTables(base: Self.base, limit: 1)
    #expect(tables.bytes == Array(repeating: 0, count: 4096))
  }

  /// The root, and for a page a level-2 and a level-3 table.
  @Test func theTablesAreCounted() throws {
    let page = range(0, 0x1000)
    for limit in 0...2 {
      var tables = StageTwoTables(base: Self.base, limit: limit)
      #expect(throws: GuestImageError.tooManyTables(limit: limit)) {
        try tables.map(page, to: PhysicalAddress(0), as: .ram)
      }
    }
    var tables = StageTwoTables(base: Self.base, limit: 3)
    try tables.map(page, to: PhysicalAddress(0), as: .ram)
    try tables.map(range(0x1000, 0x1000), to: PhysicalAddress(0x1000), as: .ram)
    #expect(tables.bytes.count == 3 * 4096)
    #expect(throws: GuestImageError.tooManyTables(limit: 3)) {
      try tables.map(range(0x20_0000, 0x1000), to: PhysicalAddress(0), as: .ram)
    }
  }
}
