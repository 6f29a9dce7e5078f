// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities

/// What few boards have: branches of the kernel's early memory that nothing else would reach
/// (`make coverage`).
extension CaseGenerator {
  /// Drawn last: without them, a seed's case is what it was before they were known.
  mutating func addRarities(to made: inout ConformCase) {
    if random.happens(oneIn: 8) { made.memoryParameters = makeMemoryLimit(made.banks) }
    if random.happens(oneIn: 40) {
      made.memoryParameters += (made.memoryParameters.isEmpty ? "" : " ") + "memblock=debug"
    }
    if random.happens(oneIn: 24) { made.regions += makeManyPools() }
    if random.happens(oneIn: 16), let region = made.regions.first {
      made.regions += makeNeighbours(at: region)
    }
    if random.happens(oneIn: 16) { made.regions += makeRegionOutside(made.banks) }
    switch random.number(0...39) {
    case 0: made.parameters = "cma"
    // A boot loader's comes before the board's own, which counts.
    case 1, 2: made.parameters = "cma=16M" + (made.parameters.isEmpty ? "" : " ") + made.parameters
    default: break
    }
  }

  /// Room for a kernel at the least, and a little more than there is at the most.
  private mutating func makeMemoryLimit(_ banks: [PhysicalRange]) -> String {
    let least = 32 * Self.mebibyte
    let total = banks.reduce(0) { $0 + $1.size.bytes }
    let most = random.happens(oneIn: 2) ? total + Self.mebibyte : max(total / 4, 2 * least)
    let pages = random.number(least / Self.page...most / Self.page)
    return "mem=\(kibibytes(pages * Self.page))"
  }

  /// As many as no kernel has areas for (include/linux/cma.h, MAX_CMA_AREAS), or nearly so.
  private mutating func makeManyPools() -> [ReservedRegion] {
    (0..<random.number(5...9)).map { index in
      ReservedRegion(
        name: "pool\(index)",
        placement: .dynamic(size: ByteCount(4 * Self.mebibyte), alignment: nil, within: []),
        compatible: ["shared-dma-pool"], isReusable: true, isNoMap: false,
        isLinuxCMADefault: false)
    }
  }

  /// Regions that begin where another does, as a tree that two people wrote has them
  /// (drivers/of/of_reserved_mem.c, __rmem_cmp).
  private mutating func makeNeighbours(at region: ReservedRegion) -> [ReservedRegion] {
    guard case .fixed(let ranges) = region.placement, let range = ranges.first else { return [] }
    return (0..<random.number(1...2)).compactMap { index in
      let size = random.one(of: [range.size.bytes, range.size.bytes / 2, 2 * Self.page])
      return PhysicalRange(start: range.start, size: ByteCount(size)).map {
        ReservedRegion(
          name: "again\(index)", placement: .fixed([$0]), compatible: [], isReusable: false,
          isNoMap: random.happens(oneIn: 4), isLinuxCMADefault: false)
      }
    }
  }

  /// A carve-out where there is no RAM: of a larger variant of the board, or of a device's own memory.
  private mutating func makeRegionOutside(_ banks: [PhysicalRange]) -> [ReservedRegion] {
    let bank = random.one(of: banks)
    let start = bank.last.value + 1 + random.number(0...64) * Self.mebibyte
    guard
      let next = PhysicalRange(
        start: PhysicalAddress(start), size: ByteCount(random.number(1...16) * Self.mebibyte)),
      !banks.contains(where: { $0.overlaps(next) })
    else { return [] }
    return [
      ReservedRegion(
        name: "outside", placement: .fixed([next]), compatible: [], isReusable: false,
        isNoMap: random.happens(oneIn: 2), isLinuxCMADefault: false)
    ]
  }
}
