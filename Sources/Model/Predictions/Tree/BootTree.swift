// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A flattened device tree as the kernel walks it before it has memory: one pass over the structure
/// block (drivers/of/fdt.c). What is malformed is read as the kernel reads it, never repaired.
struct BootTree {
  struct Node {
    let name: ArraySlice<UInt8>
    let depth: Int
    var properties: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)]

    subscript(property: StaticString) -> ArraySlice<UInt8>? {
      properties.first {
        $0.name.elementsEqual(
          UnsafeBufferPointer(start: property.utf8Start, count: property.utf8CodeUnitCount))
      }?.value
    }
  }

  /// In the tree's order; the root is the first.
  private(set) var nodes: [Node] = []
  private(set) var memoryReservations: [EarlyMemory.Entry] = []

  /// Nil for bytes that are no tree of version 16 or later.
  init?(_ blob: [UInt8]) {
    guard blob.count >= 40, Self.word(blob, 0) == 0xd00d_feed, let structure = Self.offset(blob, 8),
      let strings = Self.offset(blob, 12), var entry = Self.offset(blob, 16)
    else { return nil }
    while entry + 16 <= blob.count {
      let start = Self.number(blob[entry..<entry + 8])
      let size = Self.number(blob[entry + 8..<entry + 16])
      if size == 0 { break }
      memoryReservations.append(.init(start: start, size: size))
      entry += 16
    }
    guard walk(blob, from: structure, strings: strings), !nodes.isEmpty else { return nil }
  }

  /// Devicetree Specification 0.4, 5.4: the tokens of the structure block.
  private mutating func walk(_ blob: [UInt8], from structure: Int, strings: Int) -> Bool {
    var at = structure
    var path: [Int] = []
    while at + 4 <= blob.count {
      let token = Self.word(blob, at)
      at += 4
      switch token {
      case 1:
        let name = Self.text(blob, at)
        at = (at + name.count + 1 + 3) & ~3
        nodes.append(Node(name: name, depth: path.count, properties: []))
        path.append(nodes.count - 1)
      case 2:
        guard path.popLast() != nil else { return false }
      case 3:
        guard at + 8 <= blob.count, let node = path.last else { return false }
        let size = Int(Self.word(blob, at))
        let name = strings + Int(Self.word(blob, at + 4))
        at += 8
        guard at + size <= blob.count, name < blob.count else { return false }
        nodes[node].properties.append((Self.text(blob, name), blob[at..<at + size]))
        at = (at + size + 3) & ~3
      case 4:
        continue
      case 9:
        return path.isEmpty
      default:
        return false
      }
    }
    return false
  }

  private static func word(_ blob: [UInt8], _ at: Int) -> UInt32 {
    UInt32(blob[at]) << 24 | UInt32(blob[at + 1]) << 16 | UInt32(blob[at + 2]) << 8
      | UInt32(blob[at + 3])
  }

  private static func offset(_ blob: [UInt8], _ at: Int) -> Int? {
    let offset = Int(word(blob, at))
    return offset < blob.count ? offset : nil
  }

  private static func text(_ blob: [UInt8], _ at: Int) -> ArraySlice<UInt8> {
    guard at < blob.count else { return [] }
    return blob[at...].prefix { $0 != 0 }
  }

  /// A big-endian number (of_read_number).
  static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The nodes right below the node at `index`.
  func children(of index: Int) -> [Int] {
    let depth = nodes[index].depth
    var children: [Int] = []
    for next in (index + 1)..<max(index + 1, nodes.count) {
      if nodes[next].depth <= depth { break }
      if nodes[next].depth == depth + 1 { children.append(next) }
    }
    return children
  }

  /// The child of the root with that name.
  func child(_ name: StaticString) -> Int? {
    children(of: 0).first {
      nodes[$0].name.elementsEqual(
        UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
  }
}

extension BootTree.Node {
  /// of_fdt_device_is_available.
  var isAvailable: Bool {
    guard let status = self["status"] else { return true }
    return Self.text(status) == "ok" || Self.text(status) == "okay"
  }

  /// of_flat_dt_is_compatible.
  func isCompatible(_ name: String) -> Bool {
    guard let value = self["compatible"] else { return false }
    return value.split(separator: 0).contains {
      String(decoding: $0, as: UTF8.self).lowercased() == name
    }
  }

  func cell(_ property: StaticString) -> UInt64? {
    self[property].flatMap { $0.count >= 4 ? BootTree.number($0.prefix(4)) : nil }
  }

  static func text(_ value: ArraySlice<UInt8>) -> String {
    String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
  }

  var text: String { String(decoding: name, as: UTF8.self) }
}
