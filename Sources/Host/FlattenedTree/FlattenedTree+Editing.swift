// SPDX-License-Identifier: Apache-2.0
import CFDT

/// What a property can be set to.
package enum PropertyValue: Hashable, Sendable {
  /// No bytes: the property is there or not.
  case flag
  case bytes([UInt8])
  case string(String)
  case strings([String])
  /// 32-bit cells.
  case cells([UInt32])

  /// The bytes in the blob; nil for a string that holds a NUL, which would be read as two.
  var encoded: [UInt8]? {
    switch self {
    case .flag: return []
    case .bytes(let bytes): return bytes
    case .string(let string): return PropertyValue.strings([string]).encoded
    case .strings(let strings):
      var bytes: [UInt8] = []
      for string in strings {
        if string.utf8.contains(0) { return nil }
        bytes += string.utf8
        bytes.append(0)
      }
      return bytes
    case .cells(let cells):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(4 * cells.count)
      for cell in cells { bytes.append(bigEndian: cell) }
      return bytes
    }
  }
}

extension FlattenedTree {
  /// Sets a property; one that the node does not have yet becomes its first.
  package mutating func set(
    _ property: String, of path: NodePath, to value: PropertyValue
  ) throws(FDTError) {
    let place = path.property(property)
    func refuse(_ code: FDTError.Code) -> FDTError {
      FDTError(operation: "fdt_setprop", path: place, code: code)
    }
    guard Self.isName(property) else { throw refuse(.badName) }
    guard let bytes = value.encoded else { throw refuse(.nulInString) }
    guard bytes.count < Self.maximumByteCount else { throw refuse(.tooLarge(bytes: bytes.count)) }
    try unsafe edit("fdt_setprop", place) { (blob, _) throws(FDTError) -> Int32 in
      let node = try unsafe Self.offset(of: path, in: blob, for: "fdt_setprop")
      return unsafe bytes.span.withUnsafeBytes { value in
        unsafe fdt_setprop(blob, node, property, value.baseAddress, Int32(value.count))
      }
    }
  }

  /// Adds a child without properties before the node's other children.
  ///
  /// - Returns: its path.
  /// - Throws: `FDTError` with ``FDTError/Code/exists`` where there is a child of that name, or,
  ///   for a name without a unit address, one that has the same name with an address.
  @discardableResult
  package mutating func addNode(
    _ name: String, under parent: NodePath
  ) throws(FDTError) -> NodePath {
    let path = parent.child(name)
    guard Self.isName(name) else {
      throw FDTError(operation: "fdt_add_subnode", path: path.text, code: .badName)
    }
    try unsafe edit("fdt_add_subnode", path.text) { (blob, _) throws(FDTError) -> Int32 in
      let node = try unsafe Self.offset(of: parent, in: blob, for: "fdt_add_subnode")
      return unsafe fdt_add_subnode(blob, node, name)
    }
    return path
  }

  /// Removes a node and all below it; the root cannot be removed.
  package mutating func removeNode(_ path: NodePath) throws(FDTError) {
    guard path != .root else {
      throw FDTError(operation: "fdt_del_node", path: path.text, code: .badPath)
    }
    try unsafe edit("fdt_del_node", path.text) { (blob, _) throws(FDTError) -> Int32 in
      let node = try unsafe Self.offset(of: path, in: blob, for: "fdt_del_node")
      return unsafe fdt_del_node(blob, node)
    }
  }

  /// Removes a property, which must be there.
  package mutating func remove(_ property: String, of path: NodePath) throws(FDTError) {
    let place = path.property(property)
    guard Self.isName(property) else {
      throw FDTError(operation: "fdt_delprop", path: place, code: .badName)
    }
    try unsafe edit("fdt_delprop", place) { (blob, _) throws(FDTError) -> Int32 in
      let node = try unsafe Self.offset(of: path, in: blob, for: "fdt_delprop")
      return unsafe fdt_delprop(blob, node, property)
    }
  }
}
