// SPDX-License-Identifier: Apache-2.0
import Quantities

extension BootTree {
  /// The highest address that every bus's `dma-ranges` lets through, of those buses that are available
  /// (drivers/of/address.c, of_dma_get_max_cpu_address); nil without any.
  var dmaLimit: PhysicalAddress? {
    let limit = reach(below: [0])
    return limit == .max ? nil : PhysicalAddress(limit)
  }

  /// - Parameter path: from the root to the node that is looked at with all below it.
  private func reach(below path: [Int]) -> UInt64 {
    let node = path[path.count - 1]
    var limit = UInt64.max
    if path.count > 1, let ranges = nodes[node]["dma-ranges"], !ranges.isEmpty {
      let end = lastAddress(of: ranges, at: path)
      // What has no entry that can be read bounds nothing here.
      if end > 0 { limit = end }
    }
    for child in children(of: node) where nodes[child].isAvailable {
      limit = min(limit, reach(below: path + [child]))
    }
    return limit
  }

  private func lastAddress(of ranges: ArraySlice<UInt8>, at path: [Int]) -> UInt64 {
    let address = cells("#address-cells", at: path[...]) * 4
    let parentAddress = cells("#address-cells", at: path.dropLast()) * 4
    let size = cells("#size-cells", at: path[...]) * 4
    let entry = address + parentAddress + size
    guard entry > 0, entry <= Self.longestEntry else { return 0 }
    var last: UInt64 = 0
    for at in stride(from: ranges.startIndex, through: ranges.endIndex - entry, by: entry) {
      let bus = Self.number(ranges[(at + address)..<(at + address + parentAddress)])
      let bytes = Self.number(ranges[(at + address + parentAddress)..<(at + entry)])
      // An address that no bus above lets through counts as the highest one there is.
      let end = (translated(bus, from: path.dropLast()) ?? .max) &+ bytes
      if end > last { last = end &- 1 }
    }
    return last
  }

  /// The CPUs' address of one on the bus at the end of `path`, by each `dma-ranges` above; nil where
  /// one leaves it out (of_translate_dma_address).
  private func translated(_ address: UInt64, from path: ArraySlice<Int>) -> UInt64? {
    guard path.count > 1, let bus = path.last else { return address }
    let above = path.dropLast()
    // Without any, or with an empty one, the addresses are the same on both sides.
    guard let ranges = nodes[bus]["dma-ranges"], !ranges.isEmpty else {
      return translated(address, from: above)
    }
    let child = cells("#address-cells", at: path) * 4
    let parent = cells("#address-cells", at: above) * 4
    let size = cells("#size-cells", at: path) * 4
    let entry = child + parent + size
    guard entry > 0, entry <= Self.longestEntry else { return nil }
    // The first cell of a PCI address says which space it is in.
    let flags = child == 12 ? 4 : 0
    for at in stride(from: ranges.startIndex, through: ranges.endIndex - entry, by: entry) {
      let start = Self.number(ranges[(at + flags)..<(at + child)])
      let bytes = Self.number(ranges[(at + child + parent)..<(at + entry)])
      guard address >= start, address - start < bytes else { continue }
      let base = Self.number(ranges[(at + child)..<(at + child + parent)])
      return translated(base &+ (address - start), from: above)
    }
    return nil
  }

  /// A cell count of the nearest node, from the last of `path` up, that has it; 1 where none has
  /// (of_bus_n_addr_cells, of_bus_n_size_cells).
  private func cells(_ property: StaticString, at path: ArraySlice<Int>) -> Int {
    for node in path.reversed() {
      if let count = nodes[node].cell(property) { return Int(min(count, 16)) }
    }
    return 1
  }

  /// Four cells of address on either side, and as many of size (drivers/of/address.c,
  /// OF_MAX_ADDR_CELLS).
  private static let longestEntry = 48
}
