// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities
import Testing

/// What was measured on 32-bit ARM guests under Linux 6.1, with LPAE and without.
@Suite struct ARMTests {
  struct Cell: CustomTestStringConvertible, Sendable {
    let hasLPAE: Bool
    var banks = KernelsOfARM.stock
    let pool: String
    var regions: [EarlyMemory.Node] = []
    /// Of every pool, in the order in which the kernel makes them.
    let pools: [(base: UInt64, mebibytes: UInt64)]
    /// What the kernel says last of its pools.
    let words: String
    var testDescription: String {
      "\(hasLPAE ? "LPAE" : "32 bits"), \(banks.count) banks, cma=\(pool), \(regions.count) regions"
    }
  }

  static let coprocessors = [
    KernelsOfARM.pool("ipu2-memory", at: 0x9580_0000, mebibytes: 56),
    KernelsOfARM.pool("dsp1-memory", at: 0x9900_0000, mebibytes: 64),
    KernelsOfARM.pool("ipu1-memory", at: 0x9d00_0000, mebibytes: 32),
    KernelsOfARM.pool("dsp2-memory", at: 0x9f00_0000, mebibytes: 8),
    KernelsOfARM.carveOut("cmem_block_mem_0", at: 0xa000_0000, bytes: 192 << 20),
    KernelsOfARM.carveOut("cmem_block_mem_1", at: 0x4050_0000, bytes: 1 << 20),
  ]

  private static let regionPools: [(base: UInt64, mebibytes: UInt64)] = [
    (0x9580_0000, 56), (0x9900_0000, 64), (0x9d00_0000, 32), (0x9f00_0000, 8),
  ]

  static let cells = [
    Cell(
      hasLPAE: false, pool: "64M", pools: [(0xfbc0_0000, 64)],
      words: "cma: Reserved 64 MiB at 0xfbc00000"),
    Cell(
      hasLPAE: false, pool: "1G", pools: [(0xbfc0_0000, 1024)],
      words: "cma: Reserved 1024 MiB at 0xbfc00000"),
    Cell(
      hasLPAE: false, pool: "1400M", pools: [], words: "cma: Failed to reserve 1400 MiB"),
    Cell(
      hasLPAE: true, pool: "64M", pools: [(0xfc00_0000, 64)],
      words: "cma: Reserved 64 MiB at 0x00000000fc000000"),
    Cell(
      hasLPAE: true, pool: "1G", pools: [(0xc000_0000, 1024)],
      words: "cma: Reserved 1024 MiB at 0x00000000c0000000"),
    Cell(
      hasLPAE: true, pool: "1400M", pools: [], words: "cma: Failed to reserve 1400 MiB"),
    Cell(
      hasLPAE: false, banks: KernelsOfARM.fourGiB, pool: "64M", pools: [(0xfbc0_0000, 64)],
      words: "cma: Reserved 64 MiB at 0xfbc00000"),
    Cell(
      hasLPAE: true, banks: KernelsOfARM.fourGiB, pool: "64M", pools: [(0xac00_0000, 64)],
      words: "cma: Reserved 64 MiB at 0x00000000ac000000"),
    Cell(
      hasLPAE: true, banks: KernelsOfARM.fourGiB, pool: "512M", pools: [(0x9000_0000, 512)],
      words: "cma: Reserved 512 MiB at 0x0000000090000000"),
    Cell(
      hasLPAE: false, pool: "64M", regions: coprocessors,
      pools: regionPools + [(0xfbc0_0000, 64)], words: "cma: Reserved 64 MiB at 0xfbc00000"),
    Cell(
      hasLPAE: true, pool: "1G", regions: coprocessors, pools: regionPools + [(0xc000_0000, 1024)],
      words: "cma: Reserved 1024 MiB at 0x00000000c0000000"),
    Cell(
      hasLPAE: true, pool: "64M@0xae000000", pools: [], words: "cma: Failed to reserve 64 MiB"),
  ]

  @Test(arguments: cells) func predicts(_ cell: Cell) {
    let prediction = Self.predict(
      hasLPAE: cell.hasLPAE, cell.banks, "cma=\(cell.pool)", cell.regions)
    #expect(prediction.unknown == nil)
    #expect(
      prediction.pools.map(\.range)
        == cell.pools.map { KernelsOfOurs.range($0.base, $0.mebibytes << 20) })
    #expect(prediction.messages.last == cell.words)
    #expect(prediction.fatality == nil)
    #expect(prediction.hazards.isEmpty)
  }

  private static func predict(
    hasLPAE: Bool = false, _ banks: [(UInt64, UInt64)], _ parameters: String = "cma=0",
    _ regions: [EarlyMemory.Node] = [], kernelOffset: UInt64 = 0
  ) -> Prediction {
    Prediction(
      of: KernelsOfARM.facts(hasLPAE: hasLPAE),
      with: KernelsOfARM.memory(
        hasLPAE: hasLPAE, banks: banks, parameters: parameters, regions: regions,
        kernelOffset: kernelOffset))
  }

  // MARK: Zones

  @Test func aPoolOverTheEndOfLowmemIsGivenUp() throws {
    let straddle = KernelsOfARM.pool("straddle@ae000000", at: 0xae00_0000, mebibytes: 64)
    let prediction = Self.predict(hasLPAE: true, KernelsOfARM.stock, "cma=64M", [straddle])
    let pool = try #require(prediction.pools.first)
    #expect(pool.name == "straddle@ae000000")
    #expect(!pool.isActive)
    #expect(
      prediction.messages.contains("cma: CMA area straddle@ae000000 could not be activated"))
    #expect(prediction.totalBytes == .mebibytes(64))
  }

  @Test func lowmemEndsWhereVmallocBegins() {
    let prediction = Self.predict(
      hasLPAE: true, KernelsOfARM.stock, "vmalloc=496M cma=8M@0x9fc00000")
    #expect(
      prediction.messages.first
        == "cma: Region at 0x000000009fc00000 defined on low/high memory boundary "
        + "(0x00000000a0000000)")
  }

  @Test func whatASearchAboveLowmemFoundStaysTaken() {
    let prediction = Self.predict(hasLPAE: true, KernelsOfARM.fourGiB, "cma=64M")
    #expect(
      prediction.reservations.contains {
        $0.range == KernelsOfOurs.range(0x2_7c00_0000, 64 << 20)
      })
  }

  // MARK: 32 bits

  @Test func addressesLoseTheirUpperBits() {
    let prediction = Self.predict(
      KernelsOfARM.stock, "cma=0",
      [KernelsOfARM.pool("far", at: 0x2_9000_0000, mebibytes: 16)])
    #expect(prediction.pools.map(\.range) == [KernelsOfOurs.range(0x9000_0000, 16 << 20)])
  }

  /// Seen on a guest: `BUG: Bad page state in process swapper  pfn:00001`.
  @Test func aPartOfTheLastPageCostsEverything() {
    let region = EarlyMemory.Node(
      name: "top", placement: .dynamic(size: 140 << 10, alignment: nil, within: nil), isNoMap: true)
    #expect(Self.predict(KernelsOfARM.stock, "cma=0", [region]).fatality == .allMemoryFreed)
    #expect(Self.predict(hasLPAE: true, KernelsOfARM.stock, "cma=0", [region]).fatality == nil)
    // All of it is lowmem, where boot itself takes what is small.
    #expect(Self.predict([(0xe000_0000, 0x2000_0000)]).fatality == .allMemoryFreed)
  }

  /// Seen on a guest, which says no more than that the pool is reserved.
  @Test func aBlockIsMappedInOneWay() {
    let banks: [(UInt64, UInt64)] = [(0x8000_0000, 0x1650_0000), (0x9650_c000, 0x3400_0000)]
    #expect(Self.predict(banks).fatality == .mixedMapping)
    #expect(Self.predict(hasLPAE: true, banks).fatality == nil)
  }

  // MARK: RAM

  @Test func ramBelowTheKernelIsLost() {
    let banks: [(UInt64, UInt64)] = [(0x8000_0000, 0x2000_0000)]
    let prediction = Self.predict(banks, "cma=320M", kernelOffset: 0x1000_0000)
    #expect(prediction.refusal?.message == "cma: Failed to reserve 320 MiB")
    #expect(Self.predict(banks, "cma=320M").refusal == nil)
  }

  @Test func aParameterReplacesRAM() {
    let prediction = Self.predict(KernelsOfARM.stock, "mem=256M cma=64M")
    #expect(prediction.defaultPool?.range == KernelsOfOurs.range(0x8c00_0000, 64 << 20))
  }

  @Test func aSharedPoolHasToBeUnmapped() {
    let plain = EarlyMemory.Node(
      name: "plain", placement: .dynamic(size: 4 << 20, alignment: nil, within: nil),
      isSharedPool: true)
    #expect(
      Self.predict(KernelsOfARM.stock, "cma=0", [plain]).messages == [
        "Reserved memory: regions without no-map are not yet supported",
        "OF: reserved mem: node plain compatible matching fail",
      ])
  }

  // MARK: The largest

  @Test func theLargestIsThatOfHighmem() {
    let largest = LargestPool(
      of: KernelsOfARM.facts(hasLPAE: false), with: KernelsOfARM.memory(banks: KernelsOfARM.stock))
    #expect(largest.fits == .mebibytes(1276))
    #expect(largest.safe == .mebibytes(1276))
  }

  /// A smaller pool is looked for above 4 GiB as well, and then finds no place.
  @Test func aLargerPoolMayFitWhereASmallerDoesNot() {
    let facts = KernelsOfARM.facts(hasLPAE: true)
    let banks: [(UInt64, UInt64)] = [(0x8000_0000, 0x1_0000_0000)]
    let memory = KernelsOfARM.memory(hasLPAE: true, banks: banks)
    #expect(LargestPool(of: facts, with: memory).fits == .mebibytes(3328))
    #expect(Self.predict(hasLPAE: true, banks, "cma=1900M").refusal != nil)
    #expect(Self.predict(hasLPAE: true, banks, "cma=3000M").refusal == nil)
  }

  /// Seen on a guest: 64 MiB were set aside although RAM ended at 4 GiB, and not beyond.
  @Test func bounceBuffersAreSetAsideWhereRAMReaches4GiB() {
    func buffers(hasLPAE: Bool, _ size: UInt64) -> [PhysicalRange] {
      Self.predict(hasLPAE: hasLPAE, [(0x8000_0000, size)]).reservations
        .filter { $0.owner == .bounceBuffers }.map(\.range)
    }
    #expect(buffers(hasLPAE: true, 0x8000_0000).map(\.size) == [.mebibytes(64)])
    #expect(buffers(hasLPAE: true, 0x7ff0_0000).isEmpty)
    #expect(buffers(hasLPAE: false, 0x8000_0000).isEmpty)
  }

  /// Lowmem of 256 MiB: what was seen of guests with pools of these sizes.
  @Test func whatIsLeftOfLowmemDecides() {
    func outcome(_ mebibytes: Int) -> Prediction {
      Self.predict([(0x8000_0000, 256 << 20)], "cma=\(mebibytes)M")
    }
    #expect(outcome(200).fatality == nil && outcome(200).hazards.isEmpty)
    #expect(outcome(240).hazards == [.littleMemory])
    #expect(outcome(248).fatality == .outOfMemory)
    #expect(outcome(252).fatality == .earlyAllocation)
    #expect(outcome(254).refusal?.message == "cma: Failed to reserve 256 MiB")
  }

  @Test func otherLinesAreNotKnown() {
    for rules in KernelRules.all where !rules.isChecked(on: .arm) {
      let facts = KernelFacts(
        armRules: rules, configuration: ["DMA_CMA": "y"], image: ImageFacts(armSize: 4 << 20))
      let prediction = Prediction(of: facts, with: KernelsOfARM.memory(banks: KernelsOfARM.stock))
      #expect(prediction.unknown?.contains("32-bit ARM on \(rules.line)") == true)
    }
  }

  // MARK: The DMA zone

  /// A machine without dma_zone_size has a limit of its own: the last byte of 32 bits, which is rounded
  /// down (seen on a guest of a distribution's kernel).
  @Test func aZoneOfAGenericMachinePutsThePoolOneUnitLower() {
    func base(_ changes: [String: String?]) -> UInt64? {
      let prediction = Prediction(
        of: KernelsOfARM.facts(hasLPAE: true, changes),
        with: KernelsOfARM.memory(
          hasLPAE: true, banks: KernelsOfARM.stock, parameters: "cma=64M"))
      #expect(prediction.unknown == nil)
      return prediction.defaultPool?.range.start.value
    }
    #expect(base([:]) == 0xfc00_0000)
    #expect(base(["ZONE_DMA": "y"]) == 0xfbc0_0000)
  }

  @Test(arguments: [false, true]) func aMachinesZoneBoundsThePool(_ hasLPAE: Bool) {
    func predict(_ mebibytes: Int, _ changes: [String: String?]) -> Prediction {
      var memory = KernelsOfARM.memory(
        hasLPAE: hasLPAE, banks: [(0, 96 << 20), (0x2000_0000, 1 << 30)],
        parameters: "cma=\(mebibytes)M")
      memory.machineDMALimit = PhysicalAddress(512 << 20)
      return Prediction(of: KernelsOfARM.facts(hasLPAE: hasLPAE, changes), with: memory)
    }
    let zone: [String: String?] = ["ZONE_DMA": "y"]
    #expect(predict(32, zone).defaultPool?.range == KernelsOfOurs.range(0x400_0000, 32 << 20))
    // The limit is the last byte, rounded down.
    #expect(
      predict(128, zone).refusal?.cause
        == .littleRAM(KernelsOfOurs.range(0, 0x1fc0_0000), .mebibytes(96)))
    // Without CONFIG_ZONE_DMA nobody asks the machine.
    #expect(predict(128, [:]).defaultPool?.range.start == PhysicalAddress(0x5800_0000))
  }

  @Test func theMemoryMapIsLargerWithMEMCG() {
    func map(_ changes: [String: String?]) -> UInt64 {
      let prediction = Prediction(
        of: KernelsOfARM.facts(hasLPAE: false, changes),
        with: KernelsOfARM.memory(banks: KernelsOfARM.stock))
      return prediction.reservations.filter { $0.owner == .memoryMap }
        .reduce(0) { $0 + $1.range.size.bytes }
    }
    #expect(map([:]) == 16 << 20)
    #expect(map(["MEMCG": "y"]) == 18 << 20)
  }

  @Test func theTextOffsetIsThatOfTheLastMachine() {
    #expect(ARMFacts.textOffset(configuration: [:]) == 0x8000)
    #expect(ARMFacts.textOffset(configuration: ["ARCH_MESON": "y"]) == 0x20_8000)
    #expect(
      ARMFacts.textOffset(configuration: ["ARCH_MESON": "y", "ARCH_AXXIA": "y"]) == 0x30_8000)
  }

  // MARK: RAM without highmem

  @Test func ramBeyondLowmemIsLostWithoutHighmem() {
    let prediction = Prediction(
      of: KernelsOfARM.facts(hasLPAE: false, ["HIGHMEM": nil]),
      with: KernelsOfARM.memory(banks: [(0x8000_0000, 1 << 30)], parameters: "cma=16M"))
    #expect(
      prediction.messages == [
        "Ignoring RAM at 0xb0000000-0xc0000000", "Consider using a HIGHMEM enabled kernel.",
        "cma: Reserved 16 MiB at 0xaf000000",
      ])
    #expect(prediction.remarks.count == 1)
    #expect(prediction.remarks[0].hasPrefix("256 MiB of RAM"))
  }

  @Test func aNoMapAtTheTopIsNotLost() {
    let top = KernelsOfARM.carveOut("top@9e000000", at: 0x9e00_0000, bytes: 32 << 20)
    let prediction = Prediction(
      of: KernelsOfARM.facts(hasLPAE: false, ["HIGHMEM": nil]),
      with: KernelsOfARM.memory(
        banks: [(0x8000_0000, 512 << 20)], parameters: "cma=16M", regions: [top]))
    #expect(prediction.messages.suffix(2).first == "Ignoring RAM at 0x9e000000-0xa0000000")
    #expect(prediction.remarks.first?.hasSuffix("nothing is lost") == true)
  }
}
