// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import Quantities

/// How many 32-bit cells an address and a size take in the children of a node.
package struct CellCounts: Hashable, Sendable {
  package let address: Int
  package let size: Int

  /// Reads `#address-cells` and `#size-cells` of the node at `parent`.
  ///
  /// Without them both are 1, as in the kernel (drivers/of/fdt.c, early_init_dt_scan_root), which
  /// differs from the specification's 2 and 1.
  /// - Parameter sizes: the counts that make sense for a size; 0 for CPUs.
  init(
    of parent: NodePath, in tree: FlattenedTree, sizes: ClosedRange<Int> = 1...2
  ) throws {
    func count(_ property: String, _ allowed: ClosedRange<Int>) throws -> Int {
      let cells = try tree.cell(property, of: parent) ?? 1
      guard allowed ~= Int(cells) else {
        throw DeviceTreeError.cellCount(
          property: parent.property(property), count: cells, allowed: allowed)
      }
      return Int(cells)
    }
    address = try count("#address-cells", 1...2)
    size = try count("#size-cells", sizes)
  }

  /// The ranges as cells, to be written to `property`.
  func encode(_ ranges: [PhysicalRange], property: String) throws(DeviceTreeError) -> [UInt32] {
    var cells: [UInt32] = []
    for range in ranges {
      cells += try Self.encode(range.start.value, in: address, property: property)
      cells += try Self.encode(range.size.bytes, in: size, property: property)
    }
    return cells
  }

  static func encode(
    _ value: UInt64, in count: Int, property: String
  ) throws(DeviceTreeError) -> [UInt32] {
    let low = UInt32(truncatingIfNeeded: value)
    let high = UInt32(truncatingIfNeeded: value >> 32)
    guard count == 1 else { return [high, low] }
    guard high == 0 else { throw .tooWide(property: property, value: value, cells: count) }
    return [low]
  }

  /// The ranges of `property`'s cells; empty ones are left out, as the kernel leaves them out.
  func ranges(of cells: [UInt32], property: String) throws(DeviceTreeError) -> [PhysicalRange] {
    let perEntry = address + size
    guard cells.count % perEntry == 0 else {
      throw .partialEntry(property: property, cells: cells.count, cellsPerEntry: perEntry)
    }
    guard cells.count / perEntry <= DeviceTreeContents.maximumEntryCount else {
      throw .tooMany(
        what: "entries in \(property)", limit: DeviceTreeContents.maximumEntryCount)
    }
    var ranges: [PhysicalRange] = []
    for entry in stride(from: 0, to: cells.count, by: perEntry) {
      let start = Self.number(cells[entry..<entry + address])
      let byteCount = Self.number(cells[entry + address..<entry + perEntry])
      if byteCount == 0 { continue }
      guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(byteCount))
      else { throw .wraps(property: property, start: start, byteCount: byteCount) }
      ranges.append(range)
    }
    return ranges
  }

  /// The number in one or two cells.
  static func number(_ cells: some Collection<UInt32>) -> UInt64 {
    cells.reduce(0) { $0 << 32 | UInt64($1) }
  }
}
