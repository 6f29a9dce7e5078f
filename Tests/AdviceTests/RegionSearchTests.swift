// SPDX-License-Identifier: Apache-2.0

import MadeUpGuests
import Predictions
import Quantities
import Records
import Testing

@testable import Advice

/// Nodes that do not become what they ask for, and the first change of each kind that helps.
@Suite struct RegionSearchTests {
  typealias Placement = EarlyMemory.Node.Placement

  private static func memory(
    _ placement: Placement, isPool: Bool = true, cma: String = "64M"
  ) -> EarlyMemory {
    var memory = SampleKernel.memory(
      [SampleKernel.range(0, 0x8000_0000), SampleKernel.range(0x8_0000_0000, 0x8000_0000)],
      cma: cma)
    memory.reservedMemory = .init(nodes: [
      .init(
        name: "video", placement: placement, isSharedPool: isPool, isReusable: isPool,
        isNoMap: !isPool)
    ])
    return memory
  }

  private static func kinds(
    of placement: Placement, cma: String = "64M"
  ) throws -> [RegionAdvice.Kind: PhysicalRange] {
    let memory = memory(placement, cma: cma)
    let kernel = SampleKernel.facts()
    let prediction = Prediction(of: kernel, with: memory)
    #expect(prediction.regionFaults.map(\.node) == ["video"])
    let search = try #require(
      RegionSearch(node: "video", of: prediction, kernel, memory))
    for candidate in search.candidates {
      // Each stands by itself.
      let changed = candidate.change.applied(to: memory, node: 0)
      #expect(Prediction(of: kernel, with: changed).regionFaults.isEmpty)
    }
    return Dictionary(
      uniqueKeysWithValues: search.candidates.map { ($0.change.kind, $0.region) })
  }

  @Test func whereThereIsNoRAMThereIsAnotherPlaceOrABank() throws {
    let found = try Self.kinds(of: .fixed([.init(start: 0x5_0000_0000, size: 64 << 20)]))
    #expect(found[.bank] == SampleKernel.range(0x5_0000_0000, 64 << 20))
    #expect(found[.place] == SampleKernel.range(0x8_0000_0000, 64 << 20))
    #expect(found[.range]?.size == .mebibytes(64))
    #expect(found[.alignment] == nil && found[.size] == nil)
  }

  @Test func whatIsNotAlignedIsRoundedToWhatCoversIt() throws {
    let found = try Self.kinds(of: .fixed([.init(start: 0x7fc0_0000, size: 1 << 20)]))
    #expect(found[.alignment] == SampleKernel.range(0x7fc0_0000, 4 << 20))
    #expect(found[.bank] == nil)
  }

  @Test func aRangeThatIsTooNarrowIsWidenedAndTheSizeLowered() throws {
    let found = try Self.kinds(
      of: .dynamic(
        size: 768 << 20, alignment: nil, within: [.init(start: 0x6000_0000, size: 512 << 20)]),
      cma: "0")
    #expect(found[.range] == SampleKernel.range(0x5000_0000, 768 << 20))
    #expect(found[.size] == SampleKernel.range(0x6000_0000, 512 << 20))
    #expect(found[.place] == nil && found[.bank] == nil)
  }

  /// A boot loader that does not tell of the RAM there, or a tree for another board.
  @Test func aRangeWithoutRAMIsABankThatIsMissingOrTooLarge() throws {
    let window = EarlyMemory.Entry(start: 0x4_0000_0000, size: 3 << 30)
    let found = try Self.kinds(
      of: .dynamic(size: 3 << 30, alignment: nil, within: [window]), cma: "0")
    #expect(found[.bank] == SampleKernel.range(0x4_0000_0000, 3 << 30))
    // The upper bank is free, and the lower one is not.
    #expect(found[.size] == SampleKernel.range(0x8_0000_0000, 2 << 30))
  }

  @Test func whatIsMalformedHasNoChange() throws {
    #expect(try Self.kinds(of: .malformedFixed).isEmpty)
  }

  /// A pool at the start of its range is bounded by that, whatever lies below.
  @Test func aRangeBoundsItsPool() {
    var memory = SampleKernel.memory([SampleKernel.range(0, 0x8000_0000)], cma: "")
    memory.commandLine = ""
    func pool(_ start: UInt64, _ size: UInt64) -> EarlyMemory.Node {
      .init(
        name: "linux,cma",
        placement: .dynamic(
          size: 64 << 20, alignment: nil, within: [.init(start: start, size: size)]),
        isSharedPool: true, isReusable: true, isDefault: true)
    }
    let firmware = EarlyMemory.Node(
      name: "firmware@30000000", placement: .fixed([.init(start: 0x3000_0000, size: 1 << 20)]),
      isSharedPool: false, isReusable: false, isNoMap: true)
    memory.reservedMemory = .init(nodes: [firmware, pool(0x4000_0000, 64 << 20)])
    let bound = Prediction(of: SampleKernel.facts(), with: memory)
    #expect(bound.blocker == .startOfWindow)
    // Above the start of its range it is bounded by what lies below, and not by what comes later.
    memory.reservedMemory = .init(nodes: [firmware, pool(0x2000_0000, 0x2000_0000)])
    let free = Prediction(of: SampleKernel.facts(), with: memory)
    #expect(free.blocker == .reservation(.region("firmware@30000000")))
  }

  /// What lies below the first bank's start, where there is no RAM, is in no pool's way.
  @Test func aRegionOutsideOfRAMBlocksNoPool() {
    var memory = SampleKernel.memory([SampleKernel.range(0x4000_0000, 0x4000_0000)], cma: "64M")
    memory.kernel = PhysicalAddress(0x7000_0000)
    memory.deviceTree = SampleKernel.range(0x7800_0000, 0x1000)
    memory.initramfs = nil
    memory.reservedMemory = .init(nodes: [
      .init(name: "ramoops", placement: .fixed([.init(start: 0x3ff0_0000, size: 1 << 20)]))
    ])
    let kernel = SampleKernel.facts()
    let largest = LargestPool(of: kernel, with: memory)
    #expect(largest.prediction.defaultPool?.range.start == PhysicalAddress(0x4000_0000))
    #expect(largest.prediction.blocker == .startOfBank)
  }
}
