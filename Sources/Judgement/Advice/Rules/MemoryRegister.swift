// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// What a memory node says of RAM, as it is written.
struct MemoryRegister {
  let place: Finding.Place
  let bytes: [UInt8]
  let addressCells: Int
  let sizeCells: Int

  var cellsPerEntry: Int { addressCells + sizeCells }

  /// Where each bank begins; cells of more than 64 bits in all keep their low ones.
  var starts: [UInt64] {
    stride(from: 0, through: bytes.count - 4 * cellsPerEntry, by: 4 * cellsPerEntry).map { offset in
      bytes[offset..<offset + 4 * addressCells].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

extension LintSubject {
  /// Those of the nodes that a kernel takes for memory, `linux,usable-memory` before `reg`
  /// (drivers/of/fdt.c, early_init_dt_scan_memory); none where the root's cells say nothing.
  func memoryRegisters() throws(FDTError) -> [MemoryRegister] {
    // OF_ROOT_NODE_ADDR_CELLS_DEFAULT and its like: 1 on arm and arm64.
    let addressCells = try tree.cell("#address-cells", of: .root) ?? 1
    let sizeCells = try tree.cell("#size-cells", of: .root) ?? 1
    guard 1...4 ~= addressCells, 0...4 ~= sizeCells else { return [] }
    var found: [MemoryRegister] = []
    for name in try tree.children(of: .root) where name == "memory" || name.hasPrefix("memory@") {
      let node = NodePath.root.child(name)
      guard try tree.bytes("device_type", of: node) == Array("memory\0".utf8) else { continue }
      for property in ["linux,usable-memory", "reg"] {
        guard let bytes = try tree.bytes(property, of: node) else { continue }
        found.append(
          MemoryRegister(
            place: .node(path: node.text, property: property), bytes: bytes,
            addressCells: Int(addressCells), sizeCells: Int(sizeCells)))
        break
      }
    }
    return found
  }
}
