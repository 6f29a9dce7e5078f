// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Quantities
import Records

/// What a memory node says of RAM, as it is written.
struct MemoryRegister {
  let place: Finding.Place
  let bytes: [UInt8]
  let addressCells: Int
  let sizeCells: Int

  var cellsPerEntry: Int { addressCells + sizeCells }

  /// The banks that are not empty; of more than 64 bits the low ones count.
  var banks: [PhysicalRange] {
    offsets.compactMap { offset in
      let start = number(at: offset, cells: addressCells)
      let size = number(at: offset + 4 * addressCells, cells: sizeCells)
      return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
    }
  }

  /// Where each bank begins; cells of more than 64 bits in all keep their low ones.
  var starts: [UInt64] { offsets.map { number(at: $0, cells: addressCells) } }

  private var offsets: StrideThrough<Int> {
    stride(from: 0, through: bytes.count - 4 * cellsPerEntry, by: 4 * cellsPerEntry)
  }

  private func number(at offset: Int, cells: Int) -> UInt64 {
    bytes[offset..<offset + 4 * cells].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension LintSubject {
  /// Those of the nodes that a kernel takes for memory, `linux,usable-memory` before `reg`
  /// (drivers/of/fdt.c, early_init_dt_scan_memory); none where the root's cells say nothing.
  func memoryRegisters() throws(FDTError) -> [MemoryRegister] {
    var found: [MemoryRegister] = []
    for name in try tree.children(of: .root) where name == "memory" || name.hasPrefix("memory@") {
      let node = NodePath.root.child(name)
      guard try tree.bytes("device_type", of: node) == Array("memory\0".utf8) else { continue }
      if let register = try memoryRegister(of: node) { found.append(register) }
    }
    return found
  }

  /// What a node says of RAM, whatever its type; nil where it or the root's cells say nothing.
  func memoryRegister(of node: NodePath) throws(FDTError) -> MemoryRegister? {
    // OF_ROOT_NODE_ADDR_CELLS_DEFAULT and its like: 1 on arm and arm64.
    let addressCells = try tree.cell("#address-cells", of: .root) ?? 1
    let sizeCells = try tree.cell("#size-cells", of: .root) ?? 1
    guard 1...4 ~= addressCells, 0...4 ~= sizeCells else { return nil }
    for property in ["linux,usable-memory", "reg"] {
      guard let bytes = try tree.bytes(property, of: node) else { continue }
      return MemoryRegister(
        place: .node(path: node.text, property: property), bytes: bytes,
        addressCells: Int(addressCells), sizeCells: Int(sizeCells))
    }
    return nil
  }
}
