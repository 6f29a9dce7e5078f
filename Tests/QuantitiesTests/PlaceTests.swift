// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

/// Where something goes that keeps clear of what is taken.
@Suite struct PlaceTests {
  private static func range(_ start: UInt64, _ last: UInt64) throws -> PhysicalRange {
    try #require(PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)))
  }

  private static let mebibyte: UInt64 = 1 << 20

  @Test func nothingTakenIsTheStartRoundedUp() throws {
    let banks = [try Self.range(0x4000_1000, 0x7fff_ffff)]
    let place = banks.firstPlace(of: .mebibytes(4), alignedTo: .block2M, clearOf: [])
    #expect(place == (try Self.range(0x4020_0000, 0x405f_ffff)))
  }

  @Test func aTakenStartIsSkippedAndAGapThatIsTooSmallToo() throws {
    let banks = [try Self.range(0x6000_0000, 0x9fff_ffff)]
    // Firmware has 32 MiB, 3 MiB are free behind it, and then something else.
    let taken = [
      try Self.range(0x6230_0000, 0x6230_0fff), try Self.range(0x6000_0000, 0x61ff_ffff),
    ]
    let place = banks.firstPlace(of: .mebibytes(4), alignedTo: .block2M, clearOf: taken)
    #expect(place?.start == PhysicalAddress(0x6240_0000))
    let small = banks.firstPlace(of: .mebibytes(2), alignedTo: .block2M, clearOf: taken)
    #expect(small?.start == PhysicalAddress(0x6200_0000))
  }

  @Test func whatLiesBeforeTheOffsetHasToBeFreeToo() throws {
    let banks = [try Self.range(0, 0x3fff_ffff)]
    let taken = [try Self.range(0x1000, 0x1fff)]
    let place = banks.firstPlace(
      of: .mebibytes(1), alignedTo: .block2M, offset: 0x8000, clearOf: taken)
    #expect(place?.start == PhysicalAddress(0x20_8000))
    #expect(
      banks.firstPlace(of: .mebibytes(1), alignedTo: .block2M, offset: 0x8000, clearOf: [])?.start
        == PhysicalAddress(0x8000))
  }

  @Test func theLowestBankWithRoomCountsAndNoneIsNil() throws {
    let banks = [try Self.range(0x8_0000_0000, 0x8_3fff_ffff), try Self.range(0, 0x3f_ffff)]
    let place = banks.firstPlace(of: .mebibytes(8), alignedTo: .block2M, clearOf: [])
    #expect(place?.start == PhysicalAddress(0x8_0000_0000))
    #expect(banks.firstPlace(of: .mebibytes(4096), alignedTo: .block2M, clearOf: []) == nil)
    let all = [PhysicalRange(start: PhysicalAddress(.max), size: ByteCount(1))].compactMap(\.self)
    #expect(all.firstPlace(of: ByteCount(1), alignedTo: .block2M, clearOf: []) == nil)
    #expect(banks.firstPlace(of: ByteCount(.max), alignedTo: .word, offset: 8, clearOf: []) == nil)
  }
}
