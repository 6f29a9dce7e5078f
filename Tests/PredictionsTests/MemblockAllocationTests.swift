// SPDX-License-Identifier: Apache-2.0
import Predictions
import Testing

private let mebibyte: UInt64 = 1 << 20
private let page: UInt64 = 4096

/// The kernel's own cases for allocations (alloc_api.c, alloc_helpers_api.c, alloc_nid_api.c of the
/// same suite): 32 KiB of RAM from 16 KiB on, and a cache line of 64 bytes.
@Suite struct MemblockAllocationTests {
  private static let start: UInt64 = 16 << 10
  private static let size: UInt64 = 32 << 10
  private static let end = start + size
  private static let line: UInt64 = 64

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var direction = Memblock.Direction.topDown
    var reserved: [(UInt64, UInt64)] = []
    let size: UInt64
    var lowest: UInt64 = 0
    var limit: UInt64 = 0
    let found: UInt64?
    /// Start and end of what is reserved then; nil where the kernel's case does not look.
    var after: [(UInt64, UInt64)]?
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    // alloc_api.c
    Case(name: "alloc_top_down_simple", size: 2, found: end - line),
    Case(
      name: "alloc_top_down_disjoint", reserved: [(end - 2, 2)], size: 128,
      found: (end - 2 - 128) / line * line),
    Case(
      name: "alloc_top_down_before", reserved: [(end - 16 * 1024, 16 * 1024)], size: 512,
      found: end - 16 * 1024 - 512, after: [(end - 16 * 1024 - 512, end)]),
    Case(
      name: "alloc_top_down_after", reserved: [(start + 6 * 64, end - start - 6 * 64 - 512)],
      size: 512, found: end - 512, after: [(start + 6 * 64, end)]),
    Case(
      name: "alloc_top_down_second_fit",
      reserved: [(end - 512, 512), (end - 512 - 1024 - 256, 1024)], size: 1024,
      found: end - 512 - 1024 - 256 - 1024,
      after: [(end - 512 - 1024 - 256 - 1024, end - 512 - 256), (end - 512, end)]),
    Case(
      name: "alloc_in_between", reserved: [(start, 8 * 1024), (end - 16 * 1024, 16 * 1024)],
      size: 8 * 1024, found: start + 8 * 1024, after: [(start, end)]),
    Case(
      name: "alloc_small_gaps",
      reserved: stride(from: start, to: end, by: 1024).map { ($0, 1024 - 64) }, size: 128,
      found: nil),
    Case(name: "alloc_all_reserved", reserved: [(start, size)], size: 256, found: nil),
    Case(
      name: "alloc_no_space", reserved: [(start, size - 256)], size: 512, found: nil),
    Case(
      name: "alloc_limited_space", reserved: [(start, size - 256)], size: 256, found: end - 256,
      after: [(start, end)]),
    Case(name: "alloc_too_large", size: size + 2, found: nil),
    Case(name: "alloc_bottom_up_simple", direction: .bottomUp, size: 2, found: start),
    Case(
      name: "alloc_bottom_up_disjoint", direction: .bottomUp, reserved: [(start, 2)], size: 128,
      found: start + line),
    Case(
      name: "alloc_bottom_up_before", direction: .bottomUp,
      reserved: [(start + 512, end - start - 512)], size: 512, found: start,
      after: [(start, end)]),
    Case(
      name: "alloc_bottom_up_after", direction: .bottomUp, reserved: [(start, 1024)], size: 512,
      found: start + 1024, after: [(start, start + 1536)]),
    Case(
      name: "alloc_bottom_up_second_fit", direction: .bottomUp,
      reserved: [(start, 512), (start + 512 + 256, 1024)], size: 1024,
      found: start + 512 + 256 + 1024),
    // alloc_helpers_api.c
    Case(
      name: "alloc_from_simple", direction: .bottomUp, size: 16, lowest: end - line,
      found: end - line),
    Case(
      name: "alloc_from_misaligned", direction: .bottomUp, size: 32, lowest: end - line * 2 + 1,
      found: end - line),
    Case(
      name: "alloc_from_top_down_high_addr", size: 32, lowest: end - line + 1, found: end - line),
    Case(
      name: "alloc_from_top_down_no_space_above", reserved: [(end - line * 2, line * 2)], size: 64,
      lowest: end - line * 2, found: end - line * 3),
    Case(
      name: "alloc_from_top_down_min_addr_cap", reserved: [(start + 1024, size - 1024)],
      size: 1024, lowest: start - line, found: start, after: [(start, end)]),
    Case(
      name: "alloc_from_bottom_up_high_addr", direction: .bottomUp, size: 32,
      lowest: end - line + 1, found: start),
    Case(
      name: "alloc_from_bottom_up_no_space_above", direction: .bottomUp,
      reserved: [(start + 128, size - 128)], size: 64, lowest: start + 128, found: start),
    Case(
      name: "alloc_from_bottom_up_min_addr_cap", direction: .bottomUp, size: 1024,
      lowest: start - line, found: start),
    // alloc_nid_api.c
    Case(
      name: "alloc_nid_top_down_simple", size: 128, lowest: start + 128, limit: start + 640,
      found: start + 512),
    Case(
      name: "alloc_nid_top_down_end_misaligned", size: 128, lowest: start + 128,
      limit: start + 642, found: start + 512),
    Case(
      name: "alloc_nid_exact_address", size: 1024, lowest: start + 64, limit: start + 1088,
      found: start + 64),
    Case(
      name: "alloc_nid_top_down_narrow_range", size: 256, lowest: start + 512, limit: start + 576,
      found: start + 320),
    Case(
      name: "alloc_nid_low_max", size: 1024, lowest: start, limit: start + 64, found: nil),
    Case(
      name: "alloc_nid_min_reserved", reserved: [(end - 192, 128)], size: 64, lowest: end - 64,
      limit: end, found: end - 64, after: [(end - 192, end)]),
    Case(
      name: "alloc_nid_max_reserved", reserved: [(end - 64, 64)], size: 128, lowest: end - 192,
      limit: end - 64, found: end - 192, after: [(end - 192, end)]),
    Case(
      name: "alloc_nid_top_down_reserved_with_space",
      reserved: [(end - 128, 64), (end - 128 - 256, 128)], size: 64, lowest: end - 256,
      limit: end - 128, found: end - 192, after: [(end - 384, end - 256), (end - 192, end - 64)]),
    Case(
      name: "alloc_nid_reserved_full_merge", reserved: [(end - 128, 64), (end - 320, 128)],
      size: 64, lowest: end - 192, limit: end - 128, found: end - 192,
      after: [(end - 320, end - 64)]),
    Case(
      name: "alloc_nid_top_down_reserved_no_space",
      reserved: [(end - 128, 64), (end - 320, 128)], size: 256, lowest: end - 192,
      limit: end - 128, found: end - 576, after: [(end - 576, end - 192), (end - 128, end - 64)]),
    Case(
      name: "alloc_nid_reserved_all", reserved: [(end - 64, 64), (start, size - 128)], size: 256,
      lowest: end - 128, limit: end - 64, found: nil),
    Case(
      name: "alloc_nid_top_down_cap_max", size: 256, lowest: end - 1024, limit: end + 256,
      found: end - 256),
    Case(
      name: "alloc_nid_top_down_cap_min", size: 1024, lowest: start - 256, limit: end,
      found: end - 1024),
    Case(
      name: "alloc_nid_bottom_up_simple", direction: .bottomUp, size: 128, lowest: start + 128,
      limit: start + 640, found: start + 128),
    Case(
      name: "alloc_nid_bottom_up_start_misaligned", direction: .bottomUp, size: 128,
      lowest: start + 2, limit: start + 514, found: start + 64),
    Case(
      name: "alloc_nid_bottom_up_narrow_range", direction: .bottomUp, size: 256,
      lowest: start + 512, limit: start + 576, found: start),
    Case(
      name: "alloc_nid_bottom_up_reserved_with_space", direction: .bottomUp,
      reserved: [(end - 128, 64), (end - 384, 128)], size: 64, lowest: end - 256,
      limit: end - 128, found: end - 256, after: [(end - 384, end - 192), (end - 128, end - 64)]),
    Case(
      name: "alloc_nid_bottom_up_reserved_no_space", direction: .bottomUp,
      reserved: [(end - 128, 64), (end - 320, 128)], size: 256, lowest: end - 192,
      limit: end - 128, found: start,
      after: [(start, start + 256), (end - 320, end - 192), (end - 128, end - 64)]),
    Case(
      name: "alloc_nid_bottom_up_cap_max", direction: .bottomUp, size: 256, lowest: start + 1024,
      limit: end + 256, found: start + 1024),
    Case(
      name: "alloc_nid_bottom_up_cap_min", direction: .bottomUp, size: 1024, lowest: start,
      limit: end - 256, found: start),
  ]

  @Test(arguments: cases) func allocates(_ made: Case) {
    var memblock = Memblock(pageSize: page)
    memblock.add(Self.start, size: Self.size)
    for (start, size) in made.reserved { memblock.reserve(start, size: size) }
    let before = memblock.reserved
    let found = memblock.allocateBlock(
      size: made.size, align: Self.line, from: made.lowest, limit: made.limit, made.direction)
    #expect(found == made.found)
    if let found {
      #expect(memblock.isReserved(found, size: made.size))
    } else {
      #expect(memblock.reserved == before)
    }
    if let after = made.after {
      #expect(memblock.reserved == after.map { Memblock.Region($0.0, $0.1) })
    }
  }

  /// alloc_no_memory_generic_check.
  /// Against the plainest model there is: a flag a byte.
  @Test(arguments: 0..<200) func holdsWhatWasPutInto(seed: UInt64) {
    var numbers = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func number(below bound: UInt64) -> UInt64 {
      numbers ^= numbers << 13
      numbers ^= numbers >> 7
      numbers ^= numbers << 17
      return numbers % bound
    }
    var memblock = Memblock(pageSize: page)
    var taken = [Bool](repeating: false, count: 128)
    for _ in 0..<60 {
      let start = number(below: 120)
      let size = number(below: 8)
      let isFreed = number(below: 3) == 0
      if isFreed { memblock.free(start, size: size) } else { memblock.reserve(start, size: size) }
      for byte in start..<(start + size) { taken[Int(byte)] = !isFreed }
    }
    var expected: [Memblock.Region] = []
    for byte in taken.indices where taken[byte] {
      let byte = UInt64(byte)
      if expected.last?.end == byte {
        expected[expected.count - 1].end += 1
      } else {
        expected.append(.init(byte, byte + 1))
      }
    }
    #expect(memblock.reserved == expected)
    #expect((0..<128).allSatisfy { memblock.isReserved($0, size: 1) == taken[Int($0)] })
  }

  @Test func findsNothingWithoutMemory() {
    var memblock = Memblock(pageSize: page)
    #expect(memblock.allocateBlock(size: 1024, align: 64) == nil)
    #expect(memblock.reserved.isEmpty)
  }

  /// memblock_find_in_range_node: the first page is never given away.
  @Test(arguments: [Memblock.Direction.topDown, .bottomUp]) func sparesTheFirstPage(
    _ direction: Memblock.Direction
  ) {
    var memblock = Memblock(pageSize: page)
    memblock.add(0, size: 2 * page)
    #expect(memblock.allocate(size: page, align: page, direction) == page)
    #expect(memblock.allocate(size: page, align: page, direction) == nil)
  }

  /// A hole ends where a bank ends, also where the next bank begins there; that is one region.
  @Test func spansAdjacentBanksAndNoGap() {
    var memblock = Memblock(pageSize: page)
    memblock.add(mebibyte, size: mebibyte)
    memblock.add(2 * mebibyte, size: mebibyte)
    memblock.add(4 * mebibyte, size: mebibyte)
    #expect(memblock.find(size: 2 * mebibyte, align: page) == mebibyte)
    #expect(memblock.find(size: 3 * mebibyte, align: page) == nil)
  }

  /// Pages that are taken one by one lie one below the other, around what is taken already.
  @Test func takesPagesFromTheTop() {
    var memblock = Memblock(pageSize: page)
    memblock.add(mebibyte, size: 8 * page)
    memblock.reserve(mebibyte + 5 * page, size: 100)
    let runs = memblock.allocatePages(4)
    #expect(
      runs == [
        .init(mebibyte + 6 * page, mebibyte + 8 * page),
        .init(mebibyte + 3 * page, mebibyte + 5 * page),
      ])
    #expect(memblock.allocatePages(4) == nil)
  }
}
