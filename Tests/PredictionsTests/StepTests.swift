// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import Predictions

/// The steps of a boot that need nothing but the early allocator.
@Suite struct StepTests {
  private static let mebibyte: UInt64 = 1 << 20
  private static let gibibyte: UInt64 = 1 << 30

  /// Banks in GiB.
  private func memblock(_ banks: [(UInt64, UInt64)]) -> Memblock {
    var memblock = Memblock(pageSize: 4096)
    for bank in banks { memblock.add(bank.0 * Self.gibibyte, size: bank.1 * Self.gibibyte) }
    return memblock
  }

  private func rules(of release: String) throws -> KernelRules {
    let release = try #require(KernelRelease(release))
    return try #require(KernelRules(release: release))
  }

  // MARK: RAM

  @Test func onlyWholePagesOfABankAreRAM() throws {
    var memblock = Memblock(pageSize: 4096)
    let bank = try #require(PhysicalRange(at: 0x8000_0800, bytes: 0x3000))
    memblock.addBanks([bank], from: 0)
    #expect(memblock.memory == [.init(0x8000_1000, 0x8000_3000)])
    memblock.addBanks([bank], from: 0, upTo: 0x7fff_ffff)
    #expect(memblock.memory.count == 1)
  }

  @Test func aLimitLeavesTheFirstBytesOfRAM() {
    var memblock = self.memblock([(0, 1), (4, 1)])
    memblock.limitMemory(to: Self.gibibyte + 5 * Self.mebibyte)
    #expect(
      memblock.memory.map(\.size) == [Self.gibibyte, 5 * Self.mebibyte])
  }

  // MARK: The default pool

  private func search(
    _ memblock: inout Memblock, mebibytes: UInt64, _ highSearch: KernelRules.HighSearch
  ) -> PoolSearch.Find {
    PoolSearch(
      size: mebibytes * Self.mebibyte, alignment: 4 * Self.mebibyte, base: 0,
      limit: memblock.endOfMemory, highMemoryStart: memblock.endOfMemory, highSearch: highSearch,
      searchesHighFirst: false, highestAddress: .max
    ).reserve(in: &memblock)
  }

  @Test func aPoolIsTakenFromTheTopOrFromFourGiBUp() {
    var old = memblock([(0, 2), (8, 2)])
    #expect(search(&old, mebibytes: 64, .never).pool == 10 * Self.gibibyte - 64 * Self.mebibyte)
    var new = memblock([(0, 2), (8, 2)])
    #expect(search(&new, mebibytes: 64, .limit).pool == 8 * Self.gibibyte)
    var low = memblock([(0, 2)])
    #expect(search(&low, mebibytes: 64, .limit).pool == 2 * Self.gibibyte - 64 * Self.mebibyte)
    #expect(search(&low, mebibytes: 4096, .limit).pool == nil)
  }

  /// 32-bit ARM with LPAE: what is found in highmem is forgotten for a search above 4 GiB.
  @Test func aPoolInHighMemoryCanBeLost() {
    var memblock = self.memblock([(2, 6)])
    let find = PoolSearch(
      size: 64 * Self.mebibyte, alignment: 4 * Self.mebibyte, base: 0, limit: 8 * Self.gibibyte,
      highMemoryStart: 3 * Self.gibibyte, highSearch: .endOfMemory, searchesHighFirst: false,
      highestAddress: .max
    ).reserve(in: &memblock)
    #expect(find.lost == 8 * Self.gibibyte - 64 * Self.mebibyte)
    #expect(find.pool == 3 * Self.gibibyte - 64 * Self.mebibyte)
    #expect(memblock.reserved.count == 2)
  }

  // MARK: Regions

  @Test func aNoMapRegionOfReservedMemoryIsRefused() throws {
    var memblock = self.memblock([(0, 1)])
    memblock.reserve(0x100_0000, size: 0x1000)
    let rules = try rules(of: "6.1")
    func reserve(_ start: UInt64, _ size: UInt64, isNoMap: Bool) -> Bool {
      memblock.reserveRegion(start, size: size, isNoMap: isNoMap, rules)
    }
    #expect(!reserve(0x100_0000, 0x2000, isNoMap: true))
    #expect(reserve(0x100_0000, 0x2000, isNoMap: false))
    #expect(!reserve(0x200_0000, 0, isNoMap: false))
    #expect(reserve(0x200_0000, 0x1000, isNoMap: true))
    #expect(memblock.memory.filter(\.isNoMap) == [.init(0x200_0000, 0x200_1000, isNoMap: true)])
  }

  @Test(arguments: [("5.10.223", 0), ("6.1.192", 1)])
  func aDynamicNoMapRegionLeavesRAMOrIsMarked(_ release: String, _ marked: Int) throws {
    var memblock = self.memblock([(0, 1)])
    let rules = try rules(of: release)
    let found = memblock.allocateRegion(
      size: 0x10_0000, align: 0x10_0000, in: .anywhere, isNoMap: true, rules)
    let start = try #require(found)
    #expect(start == Self.gibibyte - 0x10_0000)
    #expect(memblock.memory.count { $0.isNoMap } == marked)
    memblock.freeRegion(start, size: 0x10_0000, isNoMap: true, rules)
    #expect(memblock.memory == [.init(0, Self.gibibyte)])
  }

  @Test func aRegionLiesAlongTheOneBefore() {
    var table = RegionTable()
    table.place(0x4000_0000, 0x1000)
    table.place(0, 0)
    #expect(table.side(of: 0x4000_1000, 0x5000_0000) == .bottomUp)
    #expect(table.side(of: 0x3000_0000, 0x4000_0000) == .topDown)
    #expect(table.side(of: 0x4000_0000, 0x4000_1000) == .topDown)
    #expect(table.side(of: 0, 0x1000) == .topDown)
  }

  // MARK: Areas

  @Test func anAreaOverAZoneBorderIsGivenUp() throws {
    var table = CMAAreaTable(slots: 1)
    table.addDefault(
      try #require(PhysicalRange(at: 0xf000_0000, bytes: 0x2000_0000)), saying: "Reserved")
    #expect(table.isFull && table.hasDefault)
    #expect(table.deactivate(across: [0xf000_0000]).isEmpty)
    #expect(table.deactivate(across: [1 << 32]) == ["reserved"])
    #expect(table.bytes(countingInactive: true) == 0x2000_0000)
    #expect(table.bytes(countingInactive: false) == 0)
    #expect(table.activeBytes(below: .max) == 0)
  }

  // MARK: The crash kernel

  @Test func aCrashKernelAboveTheLimitGetsLowMemory() {
    var memblock = self.memblock([(0, 1), (4, 1)])
    let search = CrashKernelSearch(
      size: 64 * Self.mebibyte, places: [(4 * Self.gibibyte, .max)],
      lowBytes: 128 * Self.mebibyte, dmaLimit: 4 * Self.gibibyte)
    #expect(
      search.reserve(in: &memblock)
        == .reserved(
          5 * Self.gibibyte - 64 * Self.mebibyte, low: Self.gibibyte - 128 * Self.mebibyte))
    var full = memblock
    full.reserve(0, size: Self.gibibyte)
    let reserved = full.reserved
    #expect(search.reserve(in: &full) == .noLowMemory)
    #expect(full.reserved == reserved)
  }

  @Test func anOldCrashKernelLooksAtItsPlaceFirst() {
    var memblock = self.memblock([(0, 1)])
    memblock.reserve(0x1000_0000, size: 0x1000)
    func find(_ base: UInt64) -> Result<UInt64, LowCrashKernelFault> {
      memblock.findLowCrashKernel(size: 0x20_0000, base: base, limit: Self.gibibyte)
    }
    #expect(find(0) == .success(Self.gibibyte - 0x20_0000))
    #expect(find(0x2000_0000) == .success(0x2000_0000))
    #expect(find(0x1000_0000) == .failure(.reserved))
    #expect(find(0x8000_0000) == .failure(.notMemory))
    #expect(find(0x2010_0000) == .failure(.misaligned))
  }

  // MARK: Survival

  @Test func aGuestDiesBelowItsLowWatermark() {
    let need = SurvivalEstimate(free: 0, pools: 0, least: 10 << 20, most: 20 << 20)
    func outcome(_ mebibytes: UInt64) -> SurvivalEstimate.Outcome {
      SurvivalEstimate(
        free: mebibytes << 20, pools: need.pools, least: need.least, most: need.most
      ).outcome
    }
    #expect(outcome(10) == .dies)
    #expect(outcome(12) == .mayDie)
    #expect(outcome(20) == .lives)
  }

  /// Seen on a guest with 1 MiB, which lived by the 68 MiB of a pool on both sides of a zone's border.
  @Test func whatIsGivenUpMayComeInTime() {
    let need = SurvivalEstimate(
      free: 1 << 20, pools: 0, givenUp: 68 << 20, least: 10 << 20, most: 20 << 20)
    #expect(need.outcome == .mayDie)
  }

  @Test func aTableThatDoesNotFitIsHalved() {
    var memblock = Memblock(pageSize: 4096)
    memblock.add(0x10_0000, size: 0x3000)
    let piece = ShrinkingPiece(size: 0x4000, least: 0x1000)
    #expect(memblock.bytesTaken(by: [piece]) == 0x2000)
    #expect(memblock.bytesTaken(by: [piece, piece]) == 0x3000)
    #expect(memblock.bytesTaken(by: [ShrinkingPiece(size: 0x8000, least: 0x8000)]) == 0)
  }

  // MARK: The command line

  @Test func everyMemoryParameterIsRead() {
    let parameters = "mem=64M mem=0x1000@2G nomem=1 -- mem=1".memoryParameters
    #expect(parameters.map(\.size) == [64 << 20, 0x1000])
    #expect(parameters.map(\.start) == [nil, 2 << 30])
  }
}
