// SPDX-License-Identifier: Apache-2.0
import FlattenedTree

/// A small tree with every kind of thing in it.
func sampleTree() throws -> FlattenedTree {
  var tree = try FlattenedTree()
  try tree.set("#address-cells", of: .root, to: .cells([2]))
  try tree.set("compatible", of: .root, to: .strings(["cmalab,test", "linux,dummy-virt"]))
  let chosen = try tree.addNode("chosen", under: .root)
  try tree.set("bootargs", of: chosen, to: .string("console=ttyAMA0"))
  try tree.set("linux,initrd-start", of: chosen, to: .cells([0x8, 0x1234_5678]))
  let bus = try tree.addNode("bus@0", under: .root)
  try tree.set("ranges", of: bus, to: .flag)
  let device = try tree.addNode("device@1000", under: bus)
  try tree.set("reg", of: device, to: .bytes([0, 0, 0x10, 0, 7]))
  try tree.add(MemoryReservation(address: 0x8_0000_0000, byteCount: 0x1_0000))
  try tree.pack()
  return tree
}

extension FlattenedTree {
  /// Reads everything that there is, for what it may throw.
  func readAll(from node: NodePath = .root) throws {
    _ = try memoryReservations()
    for property in try properties(of: node) {
      _ = try bytes(property, of: node)
      _ = try? cells(property, of: node)
      _ = try? strings(property, of: node)
      _ = try? number(property, of: node)
    }
    for child in try children(of: node) { try readAll(from: node.child(child)) }
  }
}
