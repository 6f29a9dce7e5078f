// SPDX-License-Identifier: Apache-2.0
import CFDT

extension FlattenedTree {
  package func hasNode(_ path: NodePath) throws(FDTError) -> Bool {
    do {
      _ = try unsafe read { (blob) throws(FDTError) in
        try unsafe Self.offset(of: path, in: blob, for: "fdt_next_subnode")
      }
      return true
    } catch  where error.code == .notFound {
      return false
    }
  }

  /// The names of a node's children, in the tree's order.
  package func children(of path: NodePath) throws(FDTError) -> [String] {
    try unsafe read { (blob) throws(FDTError) in
      var names: [String] = []
      let parent = try unsafe Self.offset(of: path, in: blob, for: "fdt_first_subnode")
      var node = unsafe fdt_first_subnode(blob, parent)
      while node >= 0 {
        names.append(unsafe String(decoding: try Self.name(of: node, in: blob), as: UTF8.self))
        node = unsafe fdt_next_subnode(blob, node)
      }
      try Self.expectEnd(node, "fdt_next_subnode", path.text)
      return names
    }
  }

  /// The names of a node's properties, in the tree's order.
  package func properties(of path: NodePath) throws(FDTError) -> [String] {
    try unsafe read { (blob) throws(FDTError) in
      let node = try unsafe Self.offset(of: path, in: blob, for: "fdt_first_property_offset")
      return try unsafe Self.properties(of: node, in: blob, path)
    }
  }

  /// - Parameter path: the node's, for errors.
  static func properties(
    of node: Int32, in blob: UnsafeRawPointer, _ path: NodePath
  ) throws(FDTError) -> [String] {
    var names: [String] = []
    var property = unsafe fdt_first_property_offset(blob, node)
    while property >= 0 {
      var name: UnsafePointer<CChar>? = nil
      var length: Int32 = 0
      guard unsafe fdt_getprop_by_offset(blob, property, &name, &length) != nil,
        let name = unsafe name
      else {
        throw FDTError(
          operation: "fdt_getprop_by_offset", path: path.text, code: .library(-length))
      }
      names.append(unsafe String(cString: name))
      property = unsafe fdt_next_property_offset(blob, property)
    }
    try Self.expectEnd(property, "fdt_next_property_offset", path.text)
    return names
  }

  /// A property's value; nil where the node has no such property.
  package func bytes(_ property: String, of path: NodePath) throws(FDTError) -> [UInt8]? {
    try unsafe read { (blob) throws(FDTError) -> [UInt8]? in
      let node = try unsafe Self.offset(of: path, in: blob, for: "fdt_getprop")
      guard Self.isName(property) else {
        throw FDTError(operation: "fdt_getprop", path: path.property(property), code: .badName)
      }
      var length: Int32 = 0
      guard let value = unsafe fdt_getprop(blob, node, property, &length), length >= 0 else {
        if length == -FDT_ERR_NOTFOUND { return nil }
        throw FDTError(
          operation: "fdt_getprop", path: path.property(property), code: .library(-length))
      }
      return unsafe Array(UnsafeRawBufferPointer(start: value, count: Int(length)))
    }
  }

  /// A property of 32-bit cells; nil where the node has no such property.
  package func cells(_ property: String, of path: NodePath) throws(FDTError) -> [UInt32]? {
    guard let bytes = try bytes(property, of: path) else { return nil }
    guard bytes.count % 4 == 0 else {
      throw refusal(of: property, path, bytes, wanted: "a multiple of 4")
    }
    return stride(from: 0, to: bytes.count, by: 4).map { bytes.bigEndian32(at: $0) }
  }

  /// A property of exactly one 32-bit cell; nil where the node has no such property.
  package func cell(_ property: String, of path: NodePath) throws(FDTError) -> UInt32? {
    guard let bytes = try bytes(property, of: path) else { return nil }
    guard bytes.count == 4 else { throw refusal(of: property, path, bytes, wanted: "4") }
    return bytes.bigEndian32(at: 0)
  }

  /// A number of one or two cells, as the kernel's of_read_number takes it; nil where the node has
  /// no such property.
  package func number(_ property: String, of path: NodePath) throws(FDTError) -> UInt64? {
    guard let bytes = try bytes(property, of: path) else { return nil }
    switch bytes.count {
    case 4: return UInt64(bytes.bigEndian32(at: 0))
    case 8: return UInt64(bytes.bigEndian32(at: 0)) << 32 | UInt64(bytes.bigEndian32(at: 4))
    default: throw refusal(of: property, path, bytes, wanted: "4 or 8")
    }
  }

  /// A property of NUL-terminated UTF-8 strings; nil where the node has no such property.
  package func strings(_ property: String, of path: NodePath) throws(FDTError) -> [String]? {
    guard let bytes = try bytes(property, of: path) else { return nil }
    guard !bytes.isEmpty else { return [] }
    let strings = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
      .compactMap { String(validating: $0, as: UTF8.self) }
    guard bytes.last == 0, strings.count == bytes.count(where: { $0 == 0 }) else {
      throw refusal(of: property, path, bytes, wanted: "NUL-terminated UTF-8 strings")
    }
    return strings
  }

  /// A property of exactly one string; nil where the node has no such property.
  package func string(_ property: String, of path: NodePath) throws(FDTError) -> String? {
    guard let strings = try strings(property, of: path) else { return nil }
    guard strings.count == 1 else {
      throw FDTError(
        operation: "reading of the value", path: path.property(property),
        code: .badValue(bytes: strings.reduce(0) { $0 + $1.utf8.count + 1 }, wanted: "one string"))
    }
    return strings[0]
  }

  private func refusal(
    of property: String, _ path: NodePath, _ bytes: [UInt8], wanted: String
  ) -> FDTError {
    FDTError(
      operation: "reading of the value", path: path.property(property),
      code: .badValue(bytes: bytes.count, wanted: wanted))
  }
}

extension FlattenedTree {
  /// The offset of the node whose names are exactly the path's.
  ///
  /// Not `fdt_path_offset`, which takes `memory` for `memory@0` and follows aliases.
  static func offset(
    of path: NodePath, in blob: UnsafeRawPointer, for operation: String
  ) throws(FDTError) -> Int32 {
    guard let components = path.components else {
      throw FDTError(operation: operation, path: path.text, code: .badPath)
    }
    var node: Int32 = 0
    for component in components {
      node = unsafe fdt_first_subnode(blob, node)
      while node >= 0, try unsafe !Self.name(of: node, in: blob).elementsEqual(component) {
        node = unsafe fdt_next_subnode(blob, node)
      }
      guard node >= 0 else {
        throw FDTError(operation: operation, path: path.text, code: .library(-node))
      }
    }
    return node
  }

  /// The bytes of a node's name, valid for as long as `blob` is.
  static func name(
    of node: Int32, in blob: UnsafeRawPointer
  ) throws(FDTError) -> UnsafeRawBufferPointer {
    var length: Int32 = 0
    guard let name = unsafe fdt_get_name(blob, node, &length), length >= 0 else {
      throw FDTError(operation: "fdt_get_name", path: "/", code: .library(-length))
    }
    return unsafe UnsafeRawBufferPointer(start: name, count: Int(length))
  }

  /// An iteration ends with FDT_ERR_NOTFOUND; any other code is an error.
  static func expectEnd(
    _ status: Int32, _ operation: String, _ path: String
  ) throws(FDTError) {
    guard status == -FDT_ERR_NOTFOUND else {
      throw FDTError(operation: operation, path: path, code: .library(-status))
    }
  }
}
