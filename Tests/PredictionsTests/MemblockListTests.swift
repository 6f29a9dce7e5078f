// SPDX-License-Identifier: Apache-2.0
import Predictions
import Testing

private let kibibyte: UInt64 = 1 << 10
private let mebibyte: UInt64 = 1 << 20
private let page: UInt64 = 4096

/// The kernel's own cases for the lists (tools/testing/memblock/tests/basic_api.c, Linux 6.12),
/// restated: each is called as there.
@Suite struct MemblockListTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// What is there before.
    let before: [(UInt64, UInt64)]
    /// Start and size of what is added, reserved, removed or freed.
    let change: (UInt64, UInt64)
    let after: [(UInt64, UInt64)]
    var testDescription: String { name }
  }

  /// memblock_add_… and memblock_reserve_… have the same cases.
  static let additions: [Case] = [
    Case(
      name: "simple", before: [], change: (mebibyte, 4 * mebibyte),
      after: [(mebibyte, 5 * mebibyte)]),
    Case(
      name: "disjoint", before: [(1 << 30, 8 * kibibyte)],
      change: ((1 << 30) + 16 * kibibyte, 8 * kibibyte),
      after: [
        (1 << 30, (1 << 30) + 8 * kibibyte),
        ((1 << 30) + 16 * kibibyte, (1 << 30) + 24 * kibibyte),
      ]),
    Case(
      name: "overlap_top", before: [(512 << 20, 512 << 20)], change: (256 << 20, 512 << 20),
      after: [(256 << 20, 1 << 30)]),
    Case(
      name: "overlap_bottom", before: [(128 << 20, 512 << 20)], change: (256 << 20, 1 << 30),
      after: [(128 << 20, (256 << 20) + (1 << 30))]),
    Case(
      name: "within", before: [(8 << 20, 32 << 20)], change: (16 << 20, mebibyte),
      after: [(8 << 20, 40 << 20)]),
    Case(
      name: "twice", before: [(16 << 10, 2 << 20)], change: (16 << 10, 2 << 20),
      after: [(16 << 10, (16 << 10) + (2 << 20))]),
    Case(
      name: "between", before: [(1 << 30, 8 << 10), ((1 << 30) + (16 << 10), 8 << 10)],
      change: ((1 << 30) + (8 << 10), 8 << 10), after: [(1 << 30, (1 << 30) + (24 << 10))]),
    Case(
      name: "near_max", before: [], change: (.max - mebibyte, 2 * mebibyte),
      after: [(.max - mebibyte, .max)]),
    Case(
      name: "all_locations: over all of several",
      before: [(32 << 10, 16 << 10), (96 << 10, 16 << 10), (160 << 10, 16 << 10)],
      change: (16 << 10, 256 << 10), after: [(16 << 10, 272 << 10)]),
  ]

  @Test(arguments: additions) func adds(_ made: Case) {
    var memblock = Memblock(pageSize: page)
    for (start, size) in made.before + [made.change] { memblock.add(start, size: size) }
    #expect(memblock.memory == made.after.map { Memblock.Region($0.0, $0.1) })
    #expect(memblock.reserved.isEmpty)
  }

  @Test(arguments: additions) func reserves(_ made: Case) {
    var memblock = Memblock(pageSize: page)
    for (start, size) in made.before + [made.change] { memblock.reserve(start, size: size) }
    #expect(memblock.reserved == made.after.map { Memblock.Region($0.0, $0.1) })
    #expect(memblock.memory.isEmpty)
  }

  /// memblock_remove_… and memblock_free_….
  static let removals: [Case] = [
    Case(
      name: "simple", before: [(2 << 20, 4 << 20), (128 << 20, 4 << 20)],
      change: (2 << 20, 4 << 20), after: [(128 << 20, 132 << 20)]),
    Case(
      name: "absent", before: [(512 << 20, 4 << 20)], change: (64 << 20, 256 << 20),
      after: [(512 << 20, 516 << 20)]),
    Case(
      name: "overlap_top", before: [(32 << 20, 32 << 20)], change: (16 << 20, 32 << 20),
      after: [(48 << 20, 64 << 20)]),
    Case(
      name: "overlap_bottom", before: [(2 << 20, 64 << 20)], change: (32 << 20, 256 << 20),
      after: [(2 << 20, 32 << 20)]),
    Case(
      name: "within", before: [(mebibyte, 32 << 20)], change: (16 << 20, mebibyte),
      after: [(mebibyte, 16 << 20), (17 << 20, 33 << 20)]),
    Case(name: "only_region", before: [(2 << 10, 4 << 10)], change: (2 << 10, 4 << 10), after: []),
    Case(
      name: "near_max", before: [(.max - 2 * mebibyte, 2 * mebibyte)],
      change: (.max - mebibyte, 2 * mebibyte),
      after: [(.max - 2 * mebibyte, .max - mebibyte)]),
    Case(
      name: "overlap_two", before: [(16 << 20, 32 << 20), (64 << 20, 64 << 20)],
      change: (32 << 20, 64 << 20), after: [(16 << 20, 32 << 20), (96 << 20, 128 << 20)]),
  ]

  @Test(arguments: removals) func removes(_ made: Case) {
    var memblock = Memblock(pageSize: page)
    for (start, size) in made.before { memblock.add(start, size: size) }
    memblock.remove(made.change.0, size: made.change.1)
    #expect(memblock.memory == made.after.map { Memblock.Region($0.0, $0.1) })
  }

  @Test(arguments: removals) func frees(_ made: Case) {
    var memblock = Memblock(pageSize: page)
    for (start, size) in made.before { memblock.reserve(start, size: size) }
    memblock.free(made.change.0, size: made.change.1)
    #expect(memblock.reserved == made.after.map { Memblock.Region($0.0, $0.1) })
  }

  /// memblock_overlaps_region_check.
  @Test func overlaps() {
    var memblock = Memblock(pageSize: page)
    memblock.add(1 << 30, size: 4 << 20)
    #expect(!memblock.overlapsMemory((1 << 30) - mebibyte, size: mebibyte))
    #expect(!memblock.overlapsMemory((1 << 30) + (4 << 20), size: 4 << 20))
    #expect(memblock.overlapsMemory((1 << 30) - mebibyte, size: 2 << 20))
    #expect(memblock.overlapsMemory((1 << 30) + (2 << 20), size: 2 << 20))
    #expect(memblock.overlapsMemory((1 << 30) + (2 << 20), size: 4 << 20))
    #expect(memblock.overlapsMemory(1 << 30, size: 4 << 20))
  }

  /// memblock_mark_nomap, which the kernel's suite has no case for: marked RAM is not given away,
  /// and RAM of one kind is one region again once the mark is gone.
  @Test func marksNoMap() {
    var memblock = Memblock(pageSize: page)
    memblock.add(mebibyte, size: 8 * mebibyte)
    memblock.setNoMap(true, 4 * mebibyte, size: mebibyte)
    #expect(memblock.memory.count == 3)
    #expect(memblock.freeRanges.map(\.size) == [3 * mebibyte, 4 * mebibyte])
    #expect(memblock.find(size: 5 * mebibyte, align: page) == nil)
    memblock.setNoMap(false, 4 * mebibyte, size: mebibyte)
    #expect(memblock.memory == [.init(mebibyte, 9 * mebibyte)])
    memblock.setNoMap(true, 64 * mebibyte, size: mebibyte)
    #expect(memblock.memory == [.init(mebibyte, 9 * mebibyte)])
  }
}
