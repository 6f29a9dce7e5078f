// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Predictions
import Quantities
import Testing

/// Which setting decides, and what becomes of regions.
@Suite struct SettingTests {
  private func node(
    _ name: String, _ placement: EarlyMemory.Node.Placement, isReusable: Bool = true,
    isNoMap: Bool = false, isDefault: Bool = false, isShared: Bool = true
  ) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: name, placement: placement, isSharedPool: isShared, isReusable: isReusable,
      isNoMap: isNoMap, isDefault: isDefault)
  }

  private func predict(
    _ line: String, _ parameters: String, _ regions: [EarlyMemory.Node],
    _ changes: [String: String?] = [:]
  ) -> Prediction {
    Prediction(
      of: KernelsOfOurs.facts(line, changes),
      with: KernelsOfOurs.memory(
        line, banks: KernelsOfOurs.stock, parameters: parameters, regions: regions))
  }

  @Test(arguments: KernelsOfOurs.lines) func theCommandLineGoesBeforeTheTree(_ line: String) {
    let own = node(
      "linux,cma", .dynamic(size: 64 << 20, alignment: nil, within: nil), isDefault: true)
    let both = predict(line, "cma=32M", [own])
    #expect(both.setting == .commandLine)
    #expect(both.pools.map(\.name) == ["reserved"])
    #expect(both.regions[0].outcome == .refused(.overridden))
    let tree = predict(line, "", [own], ["CMA_SIZE_MBYTES": "16"])
    #expect(tree.setting == .deviceTree)
    #expect(tree.pools.map(\.name) == ["linux,cma"])
    #expect(tree.pools.map(\.isDefault) == [true])
    // Without a limit of its own a dynamic region goes to the top of RAM.
    #expect(tree.pools[0].range.start.value > 0x8_0000_0000)
  }

  /// The usual cause of "CmaTotal less than asked".
  @Test(arguments: KernelsOfOurs.lines) func aFailedDefaultIsReplacedByTheConfiguration(
    _ line: String
  ) {
    let unaligned = node(
      "linux,cma", .dynamic(size: 2030 << 20, alignment: nil, within: nil), isDefault: true)
    let prediction = predict(line, "", [unaligned], ["CMA_SIZE_MBYTES": "16"])
    #expect(prediction.setting == .kconfig)
    #expect(prediction.totalBytes == .mebibytes(16))
    let words = "Reserved memory: incorrect alignment of CMA region"
    #expect(prediction.messages.contains(words))
    // Which names no region.
    #expect(
      prediction.regions[0].message
        == "OF: reserved mem: node linux,cma compatible matching fail")
  }

  /// The first words count, and those of another region do not.
  @Test(arguments: KernelsOfOurs.lines) func aRefusedRegionHasTheKernelsWords(_ line: String) {
    let prediction = predict(
      line, "cma=64M",
      [
        node("small", .dynamic(size: 16 << 20, alignment: nil, within: nil)),
        node("large", .dynamic(size: 1 << 40, alignment: nil, within: nil)),
      ])
    let regions = Dictionary(grouping: prediction.regions, by: \.name)
    #expect(regions["small"]?.map(\.message) == [nil])
    let large = regions["large"]?.first
    #expect(large?.outcome == .refused(.noHole))
    let words = large?.message ?? "nothing"
    #expect(words.hasPrefix("OF: reserved mem: failed to allocate memory for node 'large'"))
    #expect(prediction.messages.contains(words))
    let pool = prediction.defaultPool?.message ?? "nothing"
    #expect(pool.hasPrefix("cma: Reserved 64 MiB at ") && prediction.messages.contains(pool))
  }

  /// Seen on 5.10: a carve-out and a pool at one place, and the kernel warns of each page that is not
  /// mapped (cma_activate_area). Later its memory map has such pages.
  @Test(arguments: KernelsOfOurs.lines) func aPoolOverACarveOutMayHaveNoValidPages(_ line: String) {
    let place = EarlyMemory.Node.Placement.fixed([.init(start: 0x2180_0000, size: 8 << 20)])
    let prediction = predict(
      line, "cma=64M",
      [
        node("firmware@21800000", place, isReusable: false, isNoMap: true, isShared: false),
        node("video@21800000", place),
      ])
    let isOld = ["5.4", "5.10"].contains(line)
    #expect(prediction.hazards.contains(.poolOutsideMemory) == isOld)
  }

  /// Made up, and seen on 7.3: `mem=` had cut RAM within a pool, which was active all the same.
  @Test(arguments: KernelsOfOurs.lines) func theEndOfRAMIsNoBorderOfZones(_ line: String) {
    let place = EarlyMemory.Node.Placement.fixed([.init(start: 0x1f00_0000, size: 32 << 20)])
    let prediction = predict(line, "cma=0 mem=512M", [node("video@1f000000", place)])
    #expect(prediction.pools.map(\.isActive) == [true])
    #expect(prediction.hazards.contains(.poolOutsideMemory))
  }

  @Test(arguments: KernelsOfOurs.lines) func zeroAsksForNone(_ line: String) {
    let prediction = predict(line, "cma=0", [], ["CMA_SIZE_MBYTES": "16"])
    #expect(prediction.pools.isEmpty)
    #expect(prediction.refusal == nil)
  }

  @Test(arguments: KernelsOfOurs.lines) func unmappedRegionsCutTheBank(_ line: String) {
    let carveOut = node(
      "fw@40000000", .fixed([.init(start: 0x4000_0000, size: 1 << 20)]), isReusable: false,
      isNoMap: true, isShared: false)
    let prediction = predict(line, "cma=900M", [carveOut])
    #expect(prediction.pools.map(\.range.start.value) == [0x4780_0000])
    let larger = predict(line, "cma=1016M", [carveOut])
    #expect(larger.pools.map(\.range.start.value) == [0x4040_0000])
    #expect(larger.blocker == .reservation(.region("fw@40000000")))
  }

  /// A fixed pool is only looked at for what is taken.
  @Test(arguments: KernelsOfOurs.lines) func aFixedPoolTakesNothingThatIsTaken(_ line: String) {
    let free = predict(line, "cma=64M@0x10000000", [])
    #expect(free.pools.map(\.range.start.value) == [0x1000_0000])
    let taken = predict(line, "cma=64M@4M", [])
    #expect(taken.refusal != nil || line == "5.10" && taken.pools.count == 1)
    let unaligned = predict(line, "cma=64M@0x10001000", [])
    #expect(unaligned.messages.contains { $0.contains("must be aligned to") })
    #expect(unaligned.refusal != nil)
  }

  /// kernel/dma/contiguous.c, early_cma: a later size keeps the place of an earlier one.
  @Test func readsTheArgumentAsTheKernelDoes() throws {
    let later = try #require(PoolArgument(commandLine: "cma=64M@0x10000000 quiet cma=0x8000000"))
    #expect(later.size == 128 << 20)
    #expect(later.base == 0x1000_0000)
    #expect(later.limit == 0x1400_0000)
    #expect(!later.isFixed)
    #expect(PoolArgument(commandLine: "cma=64M@256M-320M")?.isFixed == true)
    #expect(PoolArgument(commandLine: "cma=010")?.size == 8)
    #expect(PoolArgument(commandLine: "cma=much")?.size == 0)
    #expect(PoolArgument(commandLine: "quiet") == nil)
    #expect(PoolArgument(commandLine: "-- cma=64M") == nil)
  }

  @Test(arguments: KernelsOfOurs.lines) func aNarrowBusLowersTheSearch(_ line: String) {
    let prediction = Prediction(
      of: KernelsOfOurs.facts(line),
      with: KernelsOfOurs.memory(
        line, banks: KernelsOfOurs.stock, parameters: "cma=64M", dmaLimit: 0x3fff_ffff))
    #expect(prediction.pools.map(\.range.start.value) == [0x3c00_0000])
  }

  /// What lies in two zones cannot be allocated from.
  @Test(arguments: KernelsOfOurs.lines) func aPoolInTwoZonesIsGivenUp(_ line: String) {
    let crossing = node("big@3f000000", .fixed([.init(start: 0x3f00_0000, size: 32 << 20)]))
    let prediction = Prediction(
      of: KernelsOfOurs.facts(line),
      with: KernelsOfOurs.memory(
        line, banks: KernelsOfOurs.stock, regions: [crossing], dmaLimit: 0x3fff_ffff))
    #expect(prediction.pools.map(\.isActive) == [false])
    #expect(prediction.totalBytes == (line == "5.10" ? .mebibytes(32) : .zero))
  }
}
