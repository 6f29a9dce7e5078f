// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing

@Suite struct ByteCountTests {
  @Test(
    arguments: [
      ("3000M", 3_145_728_000), ("0x1000", 4096), ("2G", 2_147_483_648), ("4k", 4096), ("0", 0),
      ("0x800000000", 0x8_0000_0000), ("17", 17), ("0x10M", 0x100_0000),
      ("18446744073709551615", UInt64.max),
    ] as [(String, UInt64)])
  func readsWhatTheKernelReads(text: String, bytes: UInt64) throws {
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(
    arguments: [
      ("", QuantityError.Reason.empty), ("-1", .negative), ("0x", .noDigits), ("M", .noDigits),
      ("3000X", .unknownSuffix("X")), ("3000MB", .unknownSuffix("MB")),
      ("1 M", .unknownSuffix(" M")), ("1ß", .unknownSuffix("ß")),
      ("99999999999G", .tooLarge), ("18446744073709551616", .tooLarge),
      ("\u{0663}M", .noDigits),
    ] as [(String, QuantityError.Reason)])
  func refusesWhatIsNoSize(text: String, reason: QuantityError.Reason) {
    let error = #expect(throws: QuantityError.self) { try ByteCount(parsing: text) }
    #expect(error?.reason == reason)
    #expect(error?.text == text)
  }

  @Test func speaksInTheLargestExactUnit() {
    #expect(ByteCount.mebibytes(3000).description == "3000 MiB")
    #expect(ByteCount.gibibytes(2).description == "2 GiB")
    #expect(ByteCount(4097).description == "4097 bytes")
    #expect(ByteCount.zero.description == "0 bytes")
    #expect(ByteCount.mebibytes(2048).kernelArgument == "2G")
  }
}

@Suite struct PhysicalRangeTests {
  @Test func theEndIsInclusive() throws {
    let range = try #require(
      PhysicalRange(start: PhysicalAddress(0x3480_0000), size: .mebibytes(3000)))
    #expect(range.description == "0x34800000-0xefffffff")
    #expect(PhysicalRange(start: range.start, last: range.last) == range)
  }

  @Test func neitherEmptyNorWrapping() {
    #expect(PhysicalRange(start: PhysicalAddress(0), size: .zero) == nil)
    #expect(PhysicalRange(start: PhysicalAddress(.max), size: ByteCount(2)) == nil)
    #expect(PhysicalRange(start: PhysicalAddress(.max), size: ByteCount(1)) != nil)
    #expect(PhysicalRange(start: PhysicalAddress(0), last: PhysicalAddress(.max)) == nil)
  }

  @Test func overlapIsSymmetricAndTouchingIsNotOverlap() throws {
    let low = try #require(PhysicalRange(start: PhysicalAddress(0), size: ByteCount(0x1000)))
    let next = try #require(PhysicalRange(start: PhysicalAddress(0x1000), size: ByteCount(0x1000)))
    let both = try #require(PhysicalRange(start: PhysicalAddress(0xfff), size: ByteCount(2)))
    #expect(!low.overlaps(next) && !next.overlaps(low))
    #expect(low.overlaps(both) && both.overlaps(low) && both.overlaps(next))
    #expect(!low.contains(both) && low.contains(PhysicalAddress(0xfff)))
  }
}

@Suite struct AlignmentTests {
  @Test func onlyPowersOfTwo() {
    #expect(Alignment(0) == nil)
    #expect(Alignment(3) == nil)
    #expect(Alignment(4096) == .page4K)
  }

  @Test func roundsBothWaysWithoutWrapping() {
    #expect(Alignment.block2M.down(0x3f_ffff) == 0x20_0000)
    #expect(Alignment.block2M.up(0x20_0001) == 0x40_0000)
    #expect(Alignment.block2M.up(.max) == nil)
  }
}
