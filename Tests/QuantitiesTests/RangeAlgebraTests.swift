// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct RangeAlgebraTests {
  @Test func cutsHolesToTheByte() throws {
    let whole = try range(0x1000, 0x1000)
    #expect(whole.subtracting([]) == [whole])
    #expect(whole.subtracting([whole]) == [])
    #expect(whole.subtracting([try range(0, 0x1000), try range(0x2000, 0x1000)]) == [whole])
    #expect(
      whole.subtracting([try range(0x1800, 1), try range(0x1000, 1)])
        == [try range(0x1001, 0x7ff), try range(0x1801, 0x7ff)])
    #expect(whole.subtracting([try range(0xfff, 2)]) == [try range(0x1001, 0xfff)])
    #expect(whole.subtracting([try range(0x1fff, 2)]) == [try range(0x1000, 0xfff)])
  }

  @Test func overlappingCutsCountOnce() throws {
    let whole = try range(0, 0x100)
    let cuts = [try range(0x10, 0x40), try range(0x20, 0x10), try range(0x30, 0x30)]
    #expect(whole.subtracting(cuts) == [try range(0, 0x10), try range(0x60, 0xa0)])
  }

  @Test func rangesThatTouchAreJoined() throws {
    let (low, high) = (try range(0x1000, 0x1000), try range(0x2000, 0x800))
    #expect(low.joined(to: high) == (try range(0x1000, 0x1800)))
    #expect(high.joined(to: low) == (try range(0x1000, 0x1800)))
    #expect(low.joined(to: try range(0x2001, 1)) == nil)
    #expect(low.joined(to: try range(0x1fff, 2)) == nil)
    #expect(
      [low, high, try range(0x3000, 1)].joiningAdjacent()
        == [try range(0x1000, 0x1800), try range(0x3000, 1)])
  }

  @Test func rangesThatTouchOrOverlapAreMerged() throws {
    let ranges = [try range(0x3000, 0x1000), try range(0, 0x2000), try range(0x1800, 0x1000)]
    #expect(ranges.merged() == [try range(0, 0x2800), try range(0x3000, 0x1000)])
    #expect([try range(0, 0x2000), try range(0x400, 0x100)].merged() == [try range(0, 0x2000)])
    #expect([PhysicalRange]().merged().isEmpty)
  }

  @Test func aGapIsCountedBetweenRangesThatDoNotTouch() throws {
    let low = try range(0x1000, 0x1000)
    #expect(low.gap(to: try range(0x2001, 1)) == ByteCount(1))
    #expect(low.gap(to: try range(0x2000, 1)) == nil)
    #expect(low.gap(to: try range(0x1fff, 1)) == nil)
    #expect(try range(0x2001, 1).gap(to: low) == nil)
  }

  @Test func theTopOfTheAddressSpaceHasNoNextAddress() throws {
    let top = try range(.max - 0xf, 0x10)
    #expect(top.subtracting([try range(.max - 3, 4)]) == [try range(.max - 0xf, 0xc)])
    #expect(top.subtracting([try range(.max - 0xf, 4)]) == [try range(.max - 0xb, 0xc)])
    #expect(top.joined(to: try range(0, 1)) == nil)
    #expect(try range(0, 1).joined(to: top) == nil)
  }
}

private func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
  try #require(PhysicalRange(at: start, bytes: size))
}
