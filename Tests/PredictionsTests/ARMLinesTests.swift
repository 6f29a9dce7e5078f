// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities
import Testing

/// What other kernel lines do on 32-bit ARM that 6.1 does not.
@Suite struct ARMLinesTests {
  private static func predict(
    on line: String, _ parameters: String = "cma=0", _ regions: [EarlyMemory.Node] = [],
    _ changes: [String: String?] = [:]
  ) -> Prediction {
    Prediction(
      of: KernelsOfARM.facts(hasLPAE: false, line: line, changes),
      with: KernelsOfARM.memory(
        banks: KernelsOfARM.stock, parameters: parameters, regions: regions))
  }

  /// Seen on guests of a distribution's 6.12 and 7.2: static regions are set up with the tree.
  @Test(arguments: ["6.12", "7.2", "7.3"])
  func regionsFollowTheDefaultPoolOnNewerKernels(line: String) {
    let prediction = Self.predict(on: line, "cma=64M", ARMTests.coprocessors)
    #expect(prediction.unknown == nil)
    #expect(
      prediction.pools.map(\.name)
        == ["reserved", "ipu2-memory", "dsp1-memory", "ipu1-memory", "dsp2-memory"])
  }

  /// The kernel has placed its own pool when it comes to the node that is to replace it.
  @Test(arguments: [("6.1", 1), ("6.12", 2), ("7.3", 2)])
  func aNodeForTheDefaultPoolComesTooLate(line: String, count: Int) {
    var node = KernelsOfARM.pool("linux,cma", at: 0x9000_0000, mebibytes: 32)
    node.isDefault = true
    let prediction = Self.predict(on: line, "", [node], ["CMA_SIZE_MBYTES": "16"])
    #expect(prediction.pools.count == count)
    #expect(prediction.basis == .deviceTree)
    #expect(prediction.totalBytes == .mebibytes(count == 2 ? 48 : 32))
  }

  /// Seen on a guest of 6.12: silence behind "cma: Reserved". The region that cma= overrides is given up, the
  /// pool takes its place, and both are mapped.
  @Test(arguments: [("6.1", false), ("6.12", true), ("7.2", false)])
  func anOverriddenRegionIsMappedAllTheSame(line: String, isFatal: Bool) {
    let node = EarlyMemory.Node(
      name: "linux,cma", placement: .dynamic(size: 64 << 20, alignment: nil, within: nil),
      isSharedPool: true, isReusable: true, isDefault: true)
    func predict(_ parameters: String) -> Prediction {
      Prediction(
        of: KernelsOfARM.facts(hasLPAE: false, line: line),
        with: KernelsOfARM.memory(
          banks: [(0x8000_0000, 0x2000_0000)], parameters: parameters, regions: [node]))
    }
    let shared = predict("cma=32M")
    #expect(shared.fatality == (isFatal ? .dmaRemapping : nil))
    if isFatal { #expect(shared.messages.last?.contains("Reserved 32 MiB") == true) }
    // Nor is there another pool: the tables are taken out of what they are to map.
    let alone = predict("cma=0")
    #expect(alone.fatality == (isFatal ? .dmaRemapping : nil))
  }

  @Test(arguments: [("5.10", UInt64(0xa080_0000)), ("6.1", 0xa000_0000)])
  func theGapBeforeVmallocIsItsOwnOnOlderKernels(line: String, border: UInt64) {
    let prediction = Self.predict(on: line, "vmalloc=496M cma=16M@0x9fc00000")
    #expect(
      prediction.messages.first
        == "cma: Region at 0x9fc00000 defined on low/high memory boundary "
        + "(\(PhysicalAddress(border)))")
  }

  @Test func aPlaceThatAnOlderKernelCannotBePatchedForIsNotPredicted() {
    func unknown(_ line: String) -> String? {
      Prediction(
        of: KernelsOfARM.facts(hasLPAE: false, line: line),
        with: KernelsOfARM.memory(banks: KernelsOfARM.stock, kernelOffset: 2 << 20)
      ).unknown
    }
    #expect(unknown("5.10")?.contains("2 MiB behind a multiple of 16 MiB") == true)
    #expect(unknown("6.1") == nil)
  }

  /// Seen on a guest of 6.12: it lives until somebody uses what is not mapped any more.
  @Test(arguments: [("6.1", false), ("6.12", true), ("7.2", true)])
  func whatIsBesideARegionIsTakenOutOfTheMapping(line: String, isUnmapped: Bool) {
    let region = EarlyMemory.Node(
      name: "video",
      placement: .dynamic(
        size: 60 << 10, alignment: nil, within: [.init(start: 0x8000_0000, size: 0x1000_0000)]),
      isSharedPool: true, isReusable: true)
    let prediction = Self.predict(on: line, "cma=0", [region])
    #expect(prediction.pools.isEmpty)
    #expect(prediction.hazards == (isUnmapped ? [.unmappedMemory] : []))
    #expect(prediction.exposures.map(\.pool) == (isUnmapped ? ["video"] : []))
  }

  @Test(arguments: [("5.10", true), ("6.1", false)])
  func aCrashKernelOfNoBytesIsToldByOlderKernels(line: String, isTold: Bool) {
    for value in ["0", "4G-:64M"] {
      let prediction = Self.predict(on: line, "cma=0 crashkernel=\(value)", [], ["KEXEC": "y"])
      #expect(prediction.messages.contains { $0.hasPrefix("Reserving 0MB of memory") } == isTold)
    }
  }

  @Test(arguments: [("6.12", 1), ("7.2", 0)])
  func thePageOfZeroesIsPartOfNewerKernels(line: String, pages: UInt64) {
    let taken = Self.predict(on: line).reservations.filter { $0.owner == .zeroPage }
    #expect(taken.reduce(0) { $0 + $1.range.size.bytes } == pages * 4096)
  }

  /// dma_mmu_remap has as many entries as there are areas, and nobody counts.
  @Test func moreRegionsThanAreasAreNotPredictedOnNewerKernels() {
    let regions = (0..<8).map { index in
      KernelsOfARM.pool("pool\(index)", at: 0x9000_0000 + UInt64(index) << 24, mebibytes: 4)
    }
    #expect(Self.predict(on: "6.1", "cma=0", regions).unknown == nil)
    #expect(Self.predict(on: "6.12", "cma=0", regions).unknown?.contains("areas for (7)") == true)
  }
}
