// SPDX-License-Identifier: Apache-2.0
import CFDT

extension FlattenedTree {
  /// A node, and the names of its properties.
  package struct Node: Hashable, Sendable {
    package let path: NodePath
    package let properties: [String]
  }

  /// Every node in the tree's order, in one pass: a path is looked up from the root each time.
  package func nodes() throws(FDTError) -> [Node] {
    try unsafe read { (blob) throws(FDTError) in
      var nodes: [Node] = []
      // The path of each node that encloses the next one.
      var open: [NodePath] = []
      var depth: Int32 = 0
      var node: Int32 = 0
      while node >= 0, depth >= 0 {
        let name = unsafe String(decoding: try Self.name(of: node, in: blob), as: UTF8.self)
        open.removeLast(max(0, open.count - Int(depth)))
        let path = open.last?.child(name) ?? .root
        open.append(path)
        nodes.append(
          unsafe Node(path: path, properties: try Self.properties(of: node, in: blob, path)))
        node = unsafe fdt_next_node(blob, node, &depth)
      }
      if node < 0 { try Self.expectEnd(node, "fdt_next_node", "/") }
      return nodes
    }
  }
}
