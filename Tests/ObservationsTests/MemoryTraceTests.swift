// SPDX-License-Identifier: Apache-2.0
import Observations
import Quantities
import Testing
import Transcripts

@Suite struct MemoryTraceTests {
  private func traced(_ lines: [String]) -> MemoryTrace? {
    let text = lines.map { "[    0.000000] \($0)\r\n" }.joined()
    return Observations(Transcript(Array(text.utf8))).trace
  }

  private func range(_ start: UInt64, _ last: UInt64) -> PhysicalRange? {
    PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
  }

  @Test func anAllocationIsItsCallers() throws {
    let trace = try #require(
      traced([
        "memblock_alloc_try_nid: 4096 bytes align=0x40 nid=0 from=0x0000000000000000 max_addr=0x0 sparse_init+0x70/0x220",
        "memblock_reserve: [0x0000000087efe000-0x0000000087efefff] memblock_alloc_range_nid+0xd4/0x164",
        "memblock_reserve: [0x0000000070000000-0x000000007fffffff] memblock_alloc_range_nid+0xd4/0x164",
        "cma: Reserved 256 MiB at 0x0000000070000000",
        "random: not of memory",
      ]))
    #expect(trace.steps.map(\.caller) == ["sparse_init", "memblock_alloc_range_nid", ""])
    #expect(trace.steps[1].range == range(0x7000_0000, 0x7fff_ffff))
    #expect(trace.steps[2].kind == .message)
    #expect(trace.steps.map(\.line) == [2, 3, 4])
  }

  /// The newest line's spelling, page by page and downwards.
  @Test func touchingPagesOfOneCallerAreOneStep() throws {
    let pages = (1...3).flatMap { index in
      let start = "0x00000000080efff\(4 - index)000"
      let last = "0x00000000080efff\(4 - index)fff"
      return [
        "memblock_phys_alloc_range: 4096 bytes align=0x1000 from=0x0 max_addr=0x1 early_pgtable_alloc+0x1c/0x34",
        "__memblock_reserve: [\(start)-\(last)] nid=-1 flags=20 memblock_alloc_range_nid+0x12c/0x1b8",
      ]
    }
    let trace = try #require(traced(pages))
    #expect(trace.steps.map(\.count) == [3])
    #expect(trace.steps[0].range == range(0x80ef_ff10_00, 0x80ef_ff3f_ff))
  }

  /// arm64 removes what lies beyond its addresses, which may be nothing.
  @Test func aRangeThatIsNoneIsNoStep() throws {
    let trace = try #require(
      traced([
        "memblock_remove: [0x0001000000000000-0x0000fffffffffffe] arm64_memblock_init+0x2c/0x1f4",
        "memblock_reserve: [garbage] somebody+0x1/0x2",
        "memblock_reserve: [0x0-0xfff] somebody+0x1/0x2",
      ]))
    #expect(trace.steps.map(\.kind) == [.reserved])
  }

  @Test func whoWasNotAskedTellsNothing() {
    #expect(traced(["cma: Reserved 256 MiB at 0x0000000070000000"]) == nil)
  }
}
