// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities

/// Cases for 32-bit ARM: the kernel and its devices lie below 4 GiB, the rest of RAM may lie beyond
/// what it maps, or beyond what it can name.
extension CaseGenerator {
  /// VMALLOC_END - VMALLOC_OFFSET - 240 MiB, from CONFIG_PAGE_OFFSET's 3 GiB on (arch/arm/mm/mmu.c):
  /// how much of RAM is lowmem unless `vmalloc=` says otherwise.
  private static let usualLowMemory: UInt64 = 768 << 20

  mutating func nextForARM(_ arm: ARMFacts) -> ConformCase {
    let banks = makeBanksForARM(arm)
    var made = next(banks, home: makeHomeForARM(banks))
    made.architecture = .arm
    // All of it has to lie in lowmem, at no place where the kernel could not turn the MMU on.
    made.initramfsGap %= 100 * Self.mebibyte
    made.deviceTreeGap %= 100 * Self.mebibyte
    let home = banks[made.homeBank].start.value
    if home / (16 * Self.mebibyte) == arm.pageOffset / (16 * Self.mebibyte) {
      made.kernelOffset = made.kernelOffset / (16 * Self.mebibyte) * (16 * Self.mebibyte)
    }
    let block = 2 * Self.mebibyte
    var lowMemory = Self.usualLowMemory
    if random.happens(oneIn: 6) {
      let reserve = random.number(16...512)
      made.memoryParameters = "vmalloc=\(reserve)M"
      lowMemory = Self.usualLowMemory + (240 << 20) - reserve * Self.mebibyte
    } else if random.happens(oneIn: 12), made.initramfsGap == 0, made.deviceTreeGap == 0 {
      // No more than there is.
      let there = banks[made.homeBank].last.value + 1 - home - made.kernelOffset - block
      let size = max(40 * Self.mebibyte, random.number(0...(there / Self.page)) * Self.page)
      made.memoryParameters = "mem=\(size >> 10)K"
    }
    // Regions and pools about the border that the kernel draws itself.
    landmark = (home + block - 1) / block * block + made.kernelOffset + lowMemory
    if random.happens(oneIn: 2), !made.regions.isEmpty { made.regions = makeRegions(banks) }
    if random.happens(oneIn: 4) { made.parameters = makeParameters(banks) }
    // No bus of a 32-bit kernel has limits that it looks at.
    made.dmaLimit = nil
    return made
  }

  private mutating func makeBanksForARM(_ arm: ARMFacts) -> [PhysicalRange] {
    var banks: [PhysicalRange] = []
    var at: UInt64 = random.one(of: [
      0, 0x1000_0000, 0x4000_0000, 0x8000_0000, 0x8000_0000, 0x8020_0000, 0x8010_0000, 0xc000_0000,
    ])
    for index in 0..<random.number(1...3) {
      if index > 0 { at = gap(after: at) }
      guard at < Self.fourGiB else { break }
      let lowest = index == 0 ? 64 * Self.mebibyte : 4 * Self.mebibyte
      var size = size(lowest, 2048 * Self.mebibyte)
      let isWhole = random.happens(oneIn: 5)
      let mayCross = random.happens(oneIn: arm.hasLPAE ? 2 : 5)
      if isWhole || !mayCross && at + size > Self.fourGiB { size = Self.fourGiB - at }
      append(at, size, to: &banks)
      at += size
    }
    if random.happens(oneIn: arm.hasLPAE ? 2 : 6) {
      let lowEnd = banks.last.map { $0.last.value + 1 } ?? 0
      var high = max(
        random.one(of: [
          Self.fourGiB, Self.fourGiB, 0x1_4010_0000, 0x2_0000_0000, 0x8_0000_0000, 0x8_8000_0000,
        ]), lowEnd > Self.fourGiB ? gap(after: lowEnd) : lowEnd)
      for _ in 0..<random.number(1...2) {
        let size = size(8 * Self.mebibyte, 2048 * Self.mebibyte)
        append(high, size, to: &banks)
        high = gap(after: high + size)
      }
    }
    return banks
  }

  /// Mostly the first bank: RAM below the kernel is lost.
  private mutating func makeHomeForARM(_ banks: [PhysicalRange]) -> Int {
    let room = 48 * Self.mebibyte
    let roomy = banks.indices.filter {
      banks[$0].size.bytes >= room && banks[$0].start.value <= Self.fourGiB - room
    }
    guard !roomy.isEmpty, random.happens(oneIn: 6) else { return roomy.first ?? 0 }
    return random.one(of: roomy)
  }

  /// One of three ranges, where there is a landmark in RAM: before it, behind it, or over it.
  mutating func makeRangeAboutLandmark(_ banks: [PhysicalRange]) -> PhysicalRange? {
    let unit = 4 * Self.mebibyte
    guard let landmark, landmark > 8 * unit,
      let bank = banks.first(where: {
        $0.start.value < landmark - 8 * unit && landmark < $0.last.value
      }), random.happens(oneIn: 3)
    else { return nil }
    let start = (landmark / unit - random.number(0...8)) * unit
    let size = random.number(1...12) * unit
    guard start >= bank.start.value, start + size - 1 <= bank.last.value else { return nil }
    return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
  }
}
