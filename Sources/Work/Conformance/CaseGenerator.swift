// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
package import Predictions
import Quantities

/// Makes cases up: layouts as boards have them and as no board has them.
package struct CaseGenerator: Sendable {
  var random: SeededRandom
  /// The 32-bit ARM kernel that the cases are for; nil for arm64.
  private let arm: ARMFacts?
  /// An address that regions are to lie about; nil for none.
  var landmark: UInt64?

  package init(seed: UInt64, for arm: ARMFacts? = nil) {
    random = SeededRandom(seed: seed)
    self.arm = arm
  }

  static let mebibyte: UInt64 = 1 << 20
  static let page: UInt64 = 4096
  static let fourGiB: UInt64 = 1 << 32

  package mutating func next() -> ConformCase {
    if let arm { return nextForARM(arm) }
    let banks = makeBanks()
    var made = next(banks, home: makeHome(banks))
    addRarities(to: &made)
    return made
  }

  mutating func next(_ banks: [PhysicalRange], home: Int) -> ConformCase {
    var made = ConformCase(
      banks: banks, regions: [], memoryReservations: [], parameters: "",
      cpuCount: random.happens(oneIn: 6) ? Int(random.number(2...8)) : 1, homeBank: home,
      kernelOffset: 0, padding: 0, initramfsGap: 0, deviceTreeGap: 0, dmaLimit: nil)
    if random.happens(oneIn: 3) { made.padding = random.number(0...40) * Self.mebibyte / 2 }
    let room = banks[home].size.bytes
    if random.happens(oneIn: 2) {
      made.kernelOffset = random.number(0...(room / 3 / (2 * Self.mebibyte))) * 2 * Self.mebibyte
    }
    if random.happens(oneIn: 3) {
      made.initramfsGap = random.number(0...(room / 8 / Self.page)) * Self.page
    }
    if random.happens(oneIn: 3) {
      made.deviceTreeGap = random.number(0...(room / 8 / Self.page)) * Self.page
    }
    if random.happens(oneIn: 2) { made.regions = makeRegions(banks) }
    if random.happens(oneIn: 5) { made.memoryReservations = [makeRange(banks, mixed: false)] }
    if random.happens(oneIn: 8) {
      made.dmaLimit = PhysicalAddress(
        random.one(of: [0x4000_0000, 0x8000_0000, 0xc000_0000, 0x3fff_f000, 0x2_0000_0000]))
    }
    made.parameters = makeParameters(banks)
    if random.happens(oneIn: 6) { made.crashParameters = makeCrashParameters(banks) }
    return made
  }

  // MARK: RAM

  mutating func size(_ lowest: UInt64, _ highest: UInt64) -> UInt64 {
    let unit = random.one(of: [2, 2, 2, 16, 64, 64, 1].map { $0 * Self.mebibyte } + [Self.page])
    // Small sizes as often as large ones.
    let bits = random.number(
      UInt64(63 - lowest.leadingZeroBitCount)...UInt64(63 - highest.leadingZeroBitCount))
    let value = (1 << bits) + random.number(0...((1 << bits) - 1))
    return max(unit, min(max(value, lowest), highest) / unit * unit)
  }

  private mutating func makeBanks() -> [PhysicalRange] {
    var banks: [PhysicalRange] = []
    var at: UInt64 = random.one(of: [0, 0, 0x4000_0000, 0x8000_0000, 0x8020_0000, 0x1000_0000])
    let lowCount = random.number(1...3)
    for index in 0..<lowCount {
      if index > 0 { at = gap(after: at) }
      guard at < Self.fourGiB else { break }
      let lowest = index == 0 ? 64 * Self.mebibyte : 4 * Self.mebibyte
      let size = size(lowest, 2048 * Self.mebibyte)
      append(at, size, to: &banks)
      at += size
    }
    if random.happens(oneIn: 2) {
      let above = banks.last.map { gap(after: max($0.last.value + 1, Self.fourGiB)) }
      var high: UInt64 = random.one(of: [
        Self.fourGiB, Self.fourGiB, 0x8_0000_0000, 0x8_8000_0000, 0x10_0000_0000, 0x1_4010_0000,
      ])
      high = max(high, above ?? 0)
      for _ in 0..<random.number(1...3) {
        let size = size(8 * Self.mebibyte, 1024 * Self.mebibyte)
        append(high, size, to: &banks)
        high = gap(after: high + size)
      }
    }
    return banks
  }

  mutating func gap(after end: UInt64) -> UInt64 {
    switch random.number(0...3) {
    case 0: return end
    case 1: return end + random.number(1...64) * Self.page
    case 2: return end + random.number(1...64) * 2 * Self.mebibyte
    default:
      let unit = random.one(of: [64, 256, 1024].map { $0 * Self.mebibyte })
      return (end / unit + 1) * unit
    }
  }

  func append(_ start: UInt64, _ size: UInt64, to banks: inout [PhysicalRange]) {
    if let bank = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) {
      banks.append(bank)
    }
  }

  /// Mostly the first bank, and always one in which a guest has room.
  private mutating func makeHome(_ banks: [PhysicalRange]) -> Int {
    let roomy = banks.indices.filter { banks[$0].size >= .mebibytes(48) }
    guard !roomy.isEmpty, random.happens(oneIn: 4) else { return roomy.first ?? 0 }
    return random.one(of: roomy)
  }

  // MARK: /reserved-memory

  private mutating func makeRange(_ banks: [PhysicalRange], mixed: Bool) -> PhysicalRange {
    if let range = makeRangeAboutLandmark(banks) { return range }
    let bank = random.one(of: banks)
    let unit = mixed && random.happens(oneIn: 3) ? Self.page : 4 * Self.mebibyte
    let start = (bank.start.value + unit - 1) / unit * unit
    let last = bank.last.value
    guard start < last, (last - start) / unit > 1 else { return bank }
    let at = start + random.number(0...((last - start) / unit - 1)) * unit
    let size = random.number(1...max(1, min((last - at) / unit, 64))) * unit
    return PhysicalRange(start: PhysicalAddress(at), size: ByteCount(min(size, last - at + 1)))
      ?? bank
  }

  mutating func makeRegions(_ banks: [PhysicalRange]) -> [ReservedRegion] {
    var regions: [ReservedRegion] = []
    for index in 0..<random.number(1...4) {
      var isPool = random.happens(oneIn: 2)
      let isNoMap = !isPool && random.happens(oneIn: 2)
      let isShared = isPool || random.happens(oneIn: 3)
      if random.happens(oneIn: 20) { isPool.toggle() }
      regions.append(
        ReservedRegion(
          name: "region\(index)", placement: makePlacement(banks, isPool: isPool),
          compatible: isShared ? ["shared-dma-pool"] : [], isReusable: isPool, isNoMap: isNoMap,
          isLinuxCMADefault: isPool && random.happens(oneIn: 4)))
    }
    return regions
  }

  private mutating func makePlacement(
    _ banks: [PhysicalRange], isPool: Bool
  ) -> ReservedRegion.Placement {
    if random.happens(oneIn: 2) {
      let range = makeRange(banks, mixed: !isPool || random.happens(oneIn: 4))
      let second = random.happens(oneIn: 12) ? [makeRange(banks, mixed: true)] : []
      return .fixed([range] + second)
    }
    let unit = isPool && !random.happens(oneIn: 6) ? 4 * Self.mebibyte : Self.page
    let size = random.number(1...48) * unit
    let alignment = random.happens(oneIn: 3) ? UInt64(1) << random.number(12...24) : nil
    var within: [PhysicalRange] = []
    if random.happens(oneIn: 2) {
      for _ in 0..<random.number(1...2) {
        let bank = random.one(of: banks)
        within.append(random.happens(oneIn: 2) ? bank : makeRange(banks, mixed: true))
      }
    }
    return .dynamic(
      size: ByteCount(size), alignment: alignment.map { ByteCount($0) }, within: within)
  }

  // MARK: cma=

  mutating func makeParameters(_ banks: [PhysicalRange]) -> String {
    let largest = banks.map(\.size.bytes).max() ?? 0
    var size = random.number(0...(largest / Self.mebibyte)) * Self.mebibyte
    if random.happens(oneIn: 3) { size /= 8 }
    if random.happens(oneIn: 8) { size = random.number(1...(largest / Self.page)) * Self.page }
    let text = random.happens(oneIn: 4) ? "0x" + String(size, radix: 16) : kibibytes(size)
    switch random.number(0...9) {
    case 0: return ""
    case 1: return "cma=0"
    case 2:
      let range = makeRange(banks, mixed: random.happens(oneIn: 4))
      return "cma=\(kibibytes(range.size.bytes))@\(range.start)"
    case 3:
      let range = makeRange(banks, mixed: random.happens(oneIn: 4))
      return "cma=\(kibibytes(range.size.bytes))@\(range.start)-\(hex(range.last.value + 1))"
    case 4:
      let bank = random.one(of: banks)
      let part = random.number(1...4)
      return "cma=\(kibibytes(bank.size.bytes / part))@\(bank.start)-\(hex(bank.last.value + 1))"
    default: return "cma=\(text)"
    }
  }

  // MARK: crashkernel=

  private mutating func makeCrashParameters(_ banks: [PhysicalRange]) -> String {
    let total = banks.reduce(0) { $0 + $1.size.bytes }
    // What a crash kernel usually gets, up to what no board could give.
    let size = kibibytes(
      max(1, random.number(0...(total / Self.mebibyte)) >> random.number(0...4)) << 20)
    switch random.number(0...7) {
    case 0:
      let range = makeRange(banks, mixed: random.happens(oneIn: 4))
      return "crashkernel=\(kibibytes(range.size.bytes))@\(range.start)"
    case 1: return "crashkernel=\(size),high"
    case 2:
      let low = random.one(of: ["0", "16M", "64M", "256M"])
      return "crashkernel=\(size),high crashkernel=\(low),low"
    case 3:
      // On either side of all RAM, and of what some lines round it up to.
      let around = random.number(total...(total + 128 * Self.mebibyte))
      let bounds = [around / 4, around, around + random.number(1...128) * Self.mebibyte]
        .map(kibibytes)
      return "crashkernel=\(bounds[0])-\(bounds[1]):32M,\(bounds[1])-\(bounds[2]):\(size),"
        + "\(bounds[2])-:16M"
    case 4: return random.one(of: ["crashkernel=auto", "crashkernel=64M,low", "crashkernel=0"])
    default: return "crashkernel=\(size)"
    }
  }

  func kibibytes(_ bytes: UInt64) -> String {
    bytes % Self.mebibyte == 0 ? "\(bytes >> 20)M" : "\(bytes >> 10)K"
  }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
