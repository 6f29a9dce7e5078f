// SPDX-License-Identifier: Apache-2.0
import CFDT

// What concerns every node at once, in one walk: a look-up by path walks over all nodes before it.

extension FlattenedTree {
  /// The values of a property, wherever it stands, with the paths of their nodes; in the tree's
  /// order.
  package func values(
    of property: String
  ) throws(FDTError) -> [(node: NodePath, bytes: [UInt8])] {
    try unsafe read { (blob) throws(FDTError) in
      var found: [(node: NodePath, bytes: [UInt8])] = []
      try unsafe Self.visit(blob) { (node, names) throws(FDTError) in
        var length: Int32 = 0
        guard let value = unsafe fdt_getprop(blob, node, property, &length), length >= 0 else {
          return
        }
        found.append(
          (
            NodePath("/" + names.joined(separator: "/")),
            unsafe Array(UnsafeRawBufferPointer(start: value, count: Int(length)))
          ))
      }
      return found
    }
  }

  /// A phandle that no node has.
  package func freePhandle() throws(FDTError) -> UInt32 {
    try unsafe read { (blob) throws(FDTError) in
      var phandle: UInt32 = 0
      let status = unsafe fdt_generate_phandle(blob, &phandle)
      guard status == 0 else {
        throw FDTError(operation: "fdt_generate_phandle", path: "/", code: .library(-status))
      }
      return phandle
    }
  }

  /// Gives a property another name in every node but the root, its value as it is: neither the number
  /// of properties nor any value's size changes.
  ///
  /// - Parameters:
  ///   - name: one that no node has yet.
  ///   - spared: children of the root that keep theirs, with all that is below them.
  package mutating func rename(
    _ property: String, to name: String, sparing spared: Set<String>
  ) throws(FDTError) {
    guard try values(of: name).isEmpty else {
      throw FDTError(operation: "renaming", path: NodePath.root.property(name), code: .exists)
    }
    // libfdt keeps the text of a name that no property has any more.
    try set(name, of: .root, to: .flag)
    let newName = try unsafe read { (blob) throws(FDTError) in
      unsafe Self.nameOffset(ofPropertyAt: fdt_first_property_offset(blob, 0), in: blob)
    }
    try remove(name, of: .root)
    try unsafe edit("renaming", NodePath.root.property(property)) {
      (blob, _) throws(FDTError) -> Int32 in
      try unsafe Self.visit(blob) { (node, names) throws(FDTError) in
        guard let top = names.first, !spared.contains(top),
          let place = unsafe Self.offset(ofProperty: property, of: node, in: blob)
        else { return }
        unsafe (blob + Self.nameField(ofPropertyAt: place, in: blob)).storeBytes(
          of: newName, as: UInt32.self)
      }
      return 0
    }
  }

  // MARK: The structure block

  /// Calls `body` on each node: its offset, and the names from below the root to it.
  private static func visit(
    _ blob: UnsafeRawPointer, _ body: (Int32, [String]) throws(FDTError) -> Void
  ) throws(FDTError) {
    var names: [String] = []
    var depth: Int32 = 0
    var node: Int32 = 0
    while node >= 0, depth >= 0 {
      if depth > 0 {
        var length: Int32 = 0
        guard let name = unsafe fdt_get_name(blob, node, &length), length >= 0 else {
          throw FDTError(operation: "fdt_get_name", path: "/", code: .library(-length))
        }
        names.removeLast(names.count - Int(depth - 1))
        names.append(unsafe String(cString: name))
      }
      try body(node, names)
      node = unsafe fdt_next_node(blob, node, &depth)
    }
    guard node >= 0 || node == -FDT_ERR_NOTFOUND else {
      throw FDTError(operation: "fdt_next_node", path: "/", code: .library(-node))
    }
  }

  /// Nil where the node has no such property.
  private static func offset(
    ofProperty property: String, of node: Int32, in blob: UnsafeRawPointer
  ) -> Int32? {
    var place = unsafe fdt_first_property_offset(blob, node)
    while place >= 0 {
      var name: UnsafePointer<CChar>? = nil
      var length: Int32 = 0
      guard unsafe fdt_getprop_by_offset(blob, place, &name, &length) != nil,
        let name = unsafe name
      else { return nil }
      if unsafe String(cString: name) == property { return place }
      place = unsafe fdt_next_property_offset(blob, place)
    }
    return nil
  }

  /// Where a property's name is named, in the blob: behind its token and its length (Devicetree
  /// Specification v0.4, 5.4.1).
  private static func nameField(
    ofPropertyAt place: Int32, in blob: UnsafeRawPointer
  ) -> Int {
    let structure = unsafe UInt32(bigEndian: blob.load(fromByteOffset: 8, as: UInt32.self))
    return Int(structure) + Int(place) + 8
  }

  /// As it stands in the blob, big-endian.
  private static func nameOffset(
    ofPropertyAt place: Int32, in blob: UnsafeRawPointer
  ) -> UInt32 {
    unsafe blob.load(fromByteOffset: nameField(ofPropertyAt: place, in: blob), as: UInt32.self)
  }
}
