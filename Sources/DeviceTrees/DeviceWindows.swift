// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
package import Quantities

/// Where a board has its devices, to be compared with where its base tree has them.
package struct DeviceWindows: Hashable, Sendable {
  /// The PL011.
  package var uart: PhysicalAddress
  /// The GIC's distributor, the first `reg` entry of a GICv2.
  package var gic: PhysicalAddress

  package init(uart: PhysicalAddress, gic: PhysicalAddress) {
    self.uart = uart
    self.gic = gic
  }

  /// Compares both with the base tree's `reg` addresses.
  ///
  /// - Parameters:
  ///   - base: the compiled base tree.
  ///   - tree: where it comes from, for the error: the name of its source file.
  ///   - board: where the windows come from, for the error: the name of the board file.
  /// - Throws: `DeviceTreeError` with both addresses and both places; `FDTError`.
  package func confirm(in base: [UInt8], from tree: String, board: String) throws {
    let flattened = try FlattenedTree(validating: base)
    let devices: [(what: String, compatible: [String], address: PhysicalAddress)] = [
      ("PL011", ["arm,pl011"], uart),
      // The GICv2 names of Documentation/devicetree/bindings/interrupt-controller/arm,gic.yaml.
      ("GIC", ["arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic"], gic),
    ]
    for device in devices {
      let places = try Self.places(of: device.compatible, under: .root, in: flattened)
      guard places.count == 1, let place = places.first else {
        throw DeviceTreeError.deviceCount(
          what: device.what, compatible: device.compatible, tree: tree, count: places.count)
      }
      guard place.address == device.address else {
        throw DeviceTreeError.window(
          what: device.what, inTree: place.address, tree: tree, property: place.property,
          onBoard: device.address, board: board)
      }
    }
  }

  private typealias Place = (property: String, address: PhysicalAddress)

  /// The first `reg` address of each such device on the root bus and on those buses below it that
  /// translate nothing: their `ranges` is empty.
  private static func places(
    of compatible: [String], under parent: NodePath, in tree: FlattenedTree
  ) throws -> [Place] {
    var places: [Place] = []
    for name in try tree.children(of: parent) {
      let node = parent.child(name)
      if try tree.strings("compatible", of: node)?.contains(where: compatible.contains) == true {
        let property = node.property("reg")
        guard let cells = try tree.cells("reg", of: node),
          let first = try CellCounts(of: parent, in: tree).ranges(of: cells, property: property)
            .first
        else { throw DeviceTreeError.missing(property: property) }
        places.append((property, first.start))
      }
      if try tree.bytes("ranges", of: node)?.isEmpty == true {
        places += try Self.places(of: compatible, under: node, in: tree)
      }
    }
    return places
  }
}
