// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import Predictions
import Quantities
import Testing

/// How far the devices of a whole tree reach (drivers/of/address.c, of_dma_get_max_cpu_address).
@Suite struct DMALimitTests {
  /// A tree with a bus in a bus; the root's addresses have two cells, its sizes one.
  private static func tree() throws -> FlattenedTree {
    var tree = try FlattenedTree()
    try tree.set("#address-cells", of: .root, to: .cells([2]))
    try tree.set("#size-cells", of: .root, to: .cells([1]))
    let soc = try tree.addNode("soc", under: .root)
    try tree.set("#address-cells", of: soc, to: .cells([1]))
    try tree.set("#size-cells", of: soc, to: .cells([1]))
    let pcie = try tree.addNode("pcie@1000", under: soc)
    try tree.set("#address-cells", of: pcie, to: .cells([3]))
    try tree.set("#size-cells", of: pcie, to: .cells([2]))
    return tree
  }

  private static func limit(of tree: FlattenedTree) throws -> UInt64? {
    let memory = EarlyMemory(
      blob: tree.blob, at: PhysicalAddress(0), kernel: PhysicalAddress(0))
    return try #require(memory).dmaLimit?.value
  }

  @Test func withoutRangesThereIsNone() throws {
    var tree = try Self.tree()
    #expect(try Self.limit(of: tree) == nil)
    // An empty one is 1:1.
    try tree.set("dma-ranges", of: "/soc", to: .flag)
    #expect(try Self.limit(of: tree) == nil)
  }

  @Test func theHighestEntryOfABusCounts() throws {
    var tree = try Self.tree()
    try tree.set(
      "dma-ranges", of: "/soc",
      to: .cells([0, 0, 0, 0x4000_0000, 0x4000_0000, 0, 0x8000_0000, 0x1000])
    )
    #expect(try Self.limit(of: tree) == 0x8000_0fff)
  }

  /// A bus below a bus without `dma-ranges`: the same addresses on both sides.
  @Test func aBusInABusBounds() throws {
    var tree = try Self.tree()
    try tree.set(
      "dma-ranges", of: "/soc/pcie@1000", to: .cells([0x200_0000, 0, 0, 0, 0, 0x4000_0000]))
    #expect(try Self.limit(of: tree) == 0x3fff_ffff)
    // The lowest of all buses.
    try tree.set("dma-ranges", of: "/soc", to: .cells([0, 0, 0, 0x2000_0000]))
    #expect(try Self.limit(of: tree) == 0x1fff_ffff)
  }

  @Test func addressesAreTranslatedByTheBusesAbove() throws {
    var tree = try Self.tree()
    try tree.set(
      "dma-ranges", of: "/soc/pcie@1000",
      to: .cells([0x200_0000, 0, 0, 0x1000_0000, 0, 0x100_0000]))
    try tree.set("dma-ranges", of: "/soc", to: .cells([0x1000_0000, 1, 0x8000_0000, 0x4000_0000]))
    #expect(try Self.limit(of: tree) == 0x1_80ff_ffff)
  }

  @Test func aBusThatIsDisabledDoesNotCount() throws {
    var tree = try Self.tree()
    try tree.set(
      "dma-ranges", of: "/soc/pcie@1000", to: .cells([0x200_0000, 0, 0, 0, 0, 0x4000_0000]))
    try tree.set("status", of: "/soc", to: .string("disabled"))
    #expect(try Self.limit(of: tree) == nil)
  }
}
