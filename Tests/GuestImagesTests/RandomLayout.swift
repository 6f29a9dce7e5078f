// SPDX-License-Identifier: Apache-2.0
import Quantities

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

/// A range from literals.
func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange {
  guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
    preconditionFailure("a test's range is empty or wraps")
  }
  return range
}

/// Banks that do not overlap, in the order of addresses, below 2^39, of whole pages: some of them
/// aligned to blocks, some not, some touching the one before.
func randomBanks(_ seed: UInt64) -> [PhysicalRange] {
  var generator = SeededGenerator(seed: seed)
  var banks: [PhysicalRange] = []
  var next: UInt64 = 0
  for _ in 0..<Int.random(in: 1...5, using: &generator) {
    let grain: UInt64 =
      [0x1000, 0x1000, 0x20_0000, 0x4000_0000].randomElement(using: &generator) ?? 0x1000
    let gap = UInt64.random(in: 0...(8 << 30), using: &generator) & ~(grain - 1)
    let start = Bool.random(using: &generator) ? next : (next + gap + grain - 1) & ~(grain - 1)
    let largest: UInt64 =
      [0x1000, 0x40_0000, 0x1_0000_0000].randomElement(using: &generator) ?? 0x1000
    let size = max(
      UInt64.random(in: 1...largest, using: &generator) & ~(min(grain, largest) - 1), 0x1000)
    banks.append(range(start, size & ~0xfff))
    next = start + size & ~0xfff
  }
  return banks
}
