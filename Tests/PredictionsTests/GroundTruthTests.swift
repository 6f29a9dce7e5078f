// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Predictions
import Quantities
import Testing

/// What was measured on running guests, cell by cell.
@Suite struct GroundTruthTests {
  struct Cell: CustomTestStringConvertible, Sendable {
    let layout: String
    let banks: [(UInt64, UInt64)]
    let pool: String
    /// By line: the base, or nil for a refusal.
    let bases: [String: UInt64?]
    let mebibytes: UInt64
    var fatalities: [String: Prediction.Fatality] = [:]
    var testDescription: String { "\(layout) \(pool)" }
  }

  private static func all(_ base: UInt64?) -> [String: UInt64?] {
    Dictionary(uniqueKeysWithValues: KernelsOfOurs.lines.map { ($0, base) })
  }

  static let cells = [
    Cell(
      layout: "stock", banks: KernelsOfOurs.stock, pool: "1700M", bases: all(0x1580_0000),
      mebibytes: 1700),
    Cell(
      layout: "stock", banks: KernelsOfOurs.stock, pool: "2000M", bases: all(0x2c0_0000),
      mebibytes: 2000),
    Cell(
      layout: "stock", banks: KernelsOfOurs.stock, pool: "2030M", bases: all(0xc0_0000),
      mebibytes: 2032),
    Cell(
      layout: "stock", banks: KernelsOfOurs.stock, pool: "2046M", bases: all(nil), mebibytes: 2048),
    Cell(
      layout: "wide", banks: KernelsOfOurs.wide, pool: "3000M", bases: all(0x3480_0000),
      mebibytes: 3000),
    Cell(
      layout: "wide", banks: KernelsOfOurs.wide, pool: "3832M", bases: all(0x80_0000),
      mebibytes: 3832),
    Cell(
      layout: "wide", banks: KernelsOfOurs.wide, pool: "3836M", bases: all(nil), mebibytes: 3836),
    Cell(
      layout: "single", banks: KernelsOfOurs.single, pool: "1000M",
      bases: [
        "5.10": 0x3e80_0000, "6.1": 0x3f40_0000, "6.12": 0x3f40_0000, "7.2": 0x4100_0000,
        "7.3": 0x4100_0000,
      ], mebibytes: 1000),
    Cell(
      layout: "single", banks: KernelsOfOurs.single, pool: "2000M",
      bases: [
        "5.10": nil, "6.1": 0xc0_0000, "6.12": 0xc0_0000, "7.2": 0x280_0000, "7.3": 0x280_0000,
      ],
      mebibytes: 2000,
      fatalities: [
        "6.1": .outOfMemory, "6.12": .outOfMemory, "7.2": .outOfMemory, "7.3": .outOfMemory,
      ]),
    Cell(
      layout: "single", banks: KernelsOfOurs.single, pool: "2030M",
      bases: ["5.10": nil, "6.1": nil, "6.12": nil, "7.2": 0x80_0000, "7.3": 0x80_0000],
      mebibytes: 2032, fatalities: ["7.2": .noMemoryMap, "7.3": .noMemoryMap]),
  ]

  @Test(arguments: cells, KernelsOfOurs.lines) func predicts(_ cell: Cell, _ line: String) throws {
    let prediction = Prediction(
      of: KernelsOfOurs.facts(line),
      with: KernelsOfOurs.memory(line, banks: cell.banks, parameters: "cma=\(cell.pool)"))
    #expect(prediction.unknown == nil)
    #expect(prediction.setting == .commandLine)
    #expect(prediction.fatality == cell.fatalities[line])
    let base = try #require(cell.bases[line])
    guard let base else {
      #expect(prediction.pools.isEmpty)
      #expect(prediction.refusal?.message.hasPrefix("cma: Failed to reserve ") == true)
      return
    }
    #expect(prediction.refusal == nil)
    #expect(
      prediction.pools.map(\.range) == [KernelsOfOurs.range(base, cell.mebibytes << 20)])
    #expect(prediction.totalBytes == .mebibytes(cell.mebibytes))
  }

  /// CMA-pool sizes are multiples of a pageblock, and before 5.19 of the largest block.
  @Test(
    arguments: [
      ("6.1", ["ARM64_4K_PAGES": nil, "ARM64_64K_PAGES": "y"], 0x8000_0000, 1536),
      ("6.1", ["ARM64_4K_PAGES": nil, "ARM64_16K_PAGES": "y"], 0x5200_0000, 1504),
      ("6.1", ["HUGETLB_PAGE": "y"], 0x9240_0000 as UInt64, 1500),
      ("6.1", ["TRANSPARENT_HUGEPAGE": "y"], 0x9240_0000, 1500),
    ] as [(String, [String: String?], UInt64, UInt64)])
  func roundsToThePagesOfTheKernel(
    _ line: String, _ changes: [String: String?], _ base: UInt64, _ mebibytes: UInt64
  ) {
    var changes = changes
    if changes["ARM64_64K_PAGES"] != nil { changes["ARM64_VA_BITS"] = "42" }
    if changes["ARM64_16K_PAGES"] != nil { changes["ARM64_VA_BITS"] = "47" }
    let prediction = Prediction(
      of: KernelsOfOurs.facts(line, changes),
      with: KernelsOfOurs.memory(line, banks: KernelsOfOurs.wide, parameters: "cma=1500M"))
    #expect(prediction.pools.map(\.range) == [KernelsOfOurs.range(base, mebibytes << 20)])
  }

  /// Pages of 64 KiB, blocks of 2 MiB: only at the border of one does it matter that the RAM on both
  /// sides of a no-map region maps the page that the region lies in.
  @Test(
    arguments: [
      (0x101f_1000, 0x5000, true), (0x1020_1000, 0x5000, true), (0x101e_1000, 0x5000, false),
      (0x101f_1000, 0xf000, false), (0x101e_f000, 0x2000, false), (0x101f_0000, 0x1_0000, false),
    ] as [(UInt64, UInt64, Bool)])
  func aRegionWithinAPageMayNotLieAtABlocksBorder(
    _ start: UInt64, _ size: UInt64, _ isFatal: Bool
  ) throws {
    let region = EarlyMemory.Node(
      name: "small", placement: .fixed([.init(start: start, size: size)]), isNoMap: true)
    func fatality(
      _ release: String, _ changes: [String: String?] = [:]
    ) throws -> Prediction.Fatality? {
      let release = try #require(KernelRelease(release))
      let pages: [String: String?] = [
        "ARM64_4K_PAGES": nil, "ARM64_64K_PAGES": "y", "ARM64_VA_BITS": "42",
      ]
      return Prediction(
        of: KernelsOfOurs.facts(
          release.line, pages.merging(changes) { $1 }, release: release),
        with: KernelsOfOurs.memory(release.line, banks: KernelsOfOurs.wide, regions: [region])
      ).fatality
    }
    for release in ["5.10", "6.1", "6.12.116"] {
      #expect(try fatality(release) == (isFatal ? .mixedMapping : nil), "\(release)")
    }
    // The page is not mapped, or nothing is mapped in blocks.
    for release in ["6.12.117", "7.2", "7.3"] {
      #expect(try fatality(release) == nil, "\(release)")
    }
    #expect(try fatality("6.1", ["RODATA_FULL_DEFAULT_ENABLED": "y"]) == nil)
  }

  /// DESIGN: two maxima, what fits and what is safe.
  @Test(arguments: KernelsOfOurs.lines) func findsTheLargestPools(_ line: String) {
    let facts = KernelsOfOurs.facts(line)
    let memory = KernelsOfOurs.memory(line, banks: KernelsOfOurs.single)
    let largest = LargestPool(of: facts, with: memory)
    let fits: [String: UInt64] = [
      "5.10": 1992, "6.1": 2004, "6.12": 2004, "7.2": 2032, "7.3": 2032,
    ]
    #expect(largest.fits == .mebibytes(fits[line] ?? 0))
    #expect(largest.safe < largest.fits)
    #expect(largest.safePrediction.fatality == nil)
    #expect(largest.refusal?.message.hasPrefix("cma: Failed to reserve ") == true)
  }
}
