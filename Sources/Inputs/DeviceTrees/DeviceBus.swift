// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
package import Quantities

/// The bus that a board's devices are on: where the CPUs find them, and how much RAM they reach.
///
/// The base tree has the devices at the bus's own addresses, one window behind the other; the bus's
/// `ranges` put the windows where the board has them (Devicetree Specification v0.4, 2.3.8).
package struct DeviceBus: Hashable, Sendable {
  /// The GICv2's window, at bus address 0.
  package var gic: PhysicalRange
  /// The PL011's window, behind the GIC's.
  package var uart: PhysicalRange
  /// The first address that some device cannot reach; nil where all of RAM is in reach.
  ///
  /// It becomes the bus's `dma-ranges`, from which the kernel takes the end of ZONE_DMA and of the
  /// default pool (drivers/of/address.c, of_dma_get_max_cpu_address).
  package var dmaLimit: PhysicalAddress?

  package init(gic: PhysicalRange, uart: PhysicalRange, dmaLimit: PhysicalAddress? = nil) {
    self.gic = gic
    self.uart = uart
    self.dmaLimit = dmaLimit
  }

  static let node: NodePath = "/soc"

  /// Of an entry of `ranges`: the bus's address, the CPUs' and the size, two cells each.
  private static let entryCells = 6

  /// The values of `ranges`.
  ///
  /// - Parameters:
  ///   - node: the bus.
  ///   - addressCells: the root's.
  func windows(
    of node: NodePath = node, addressCells: Int = 2
  ) throws(DeviceTreeError) -> [UInt32] {
    let property = node.property("ranges")
    var cells: [UInt32] = []
    for (bus, window) in [(UInt64(0), gic), (gic.size.bytes, uart)] {
      cells += try CellCounts.encode(bus, in: 2, property: property)
      cells += try CellCounts.encode(window.start.value, in: addressCells, property: property)
      cells += try CellCounts.encode(window.size.bytes, in: 2, property: property)
    }
    return cells
  }

  /// The values of `dma-ranges`; nil where there is no limit.
  func reach() throws(DeviceTreeError) -> [UInt32]? {
    guard let dmaLimit else { return nil }
    let property = Self.node.property("dma-ranges")
    guard dmaLimit.value > 0 else {
      throw .request(field: "dma-limit", reason: "no device that reaches nothing is of use")
    }
    var cells: [UInt32] = []
    for value in [0, 0, dmaLimit.value] {
      cells += try CellCounts.encode(value, in: 2, property: property)
    }
    return cells
  }

  /// What a tree says of its bus; nil where it has none, or one that is not of this shape.
  init?(in tree: FlattenedTree) throws {
    let node = Self.node
    guard try tree.hasNode(node), let ranges = try tree.cells("ranges", of: node),
      ranges.count == 2 * Self.entryCells,
      let gic = Self.window(ranges[..<Self.entryCells]),
      let uart = Self.window(ranges[Self.entryCells...])
    else { return nil }
    var dmaLimit: PhysicalAddress?
    if let reach = try tree.cells("dma-ranges", of: node) {
      guard reach.count == Self.entryCells, let range = Self.window(reach[...]) else { return nil }
      dmaLimit = range.start.advanced(by: range.size)
    }
    self.init(gic: gic, uart: uart, dmaLimit: dmaLimit)
  }

  private static func window(_ entry: ArraySlice<UInt32>) -> PhysicalRange? {
    let cells = Array(entry)
    return PhysicalRange(
      start: PhysicalAddress(CellCounts.number(Array(cells[2..<4]))),
      size: ByteCount(CellCounts.number(Array(cells[4..<6]))))
  }
}

extension DeviceBus: CustomStringConvertible {
  package var description: String {
    "interrupt controller \(gic), serial port \(uart)"
      + (dmaLimit.map { ", devices reach below \($0)" } ?? "")
  }
}
