// SPDX-License-Identifier: Apache-2.0

import FlattenedTree

/// What a whole tree has that a kernel's early boot does not look at, in one pass.
struct TreeSurvey {
  /// Nodes outside of /reserved-memory that are written as if they reserved something.
  private(set) var misplaced: [NodePath] = []
  /// The body of overlays that nobody applies.
  private(set) var overlays: [NodePath] = []

  private static let parent = "/reserved-memory"

  init(_ tree: FlattenedTree) throws(FDTError) {
    for node in try tree.nodes() {
      let path = node.path.text
      if path.hasSuffix("/__overlay__") { overlays.append(node.path) }
      guard !path.contains("/__overlay__"), Self.isOutside(path) else { continue }
      if try Self.reserves(node, in: tree) { misplaced.append(node.path) }
    }
  }

  /// Whether a kernel does not look there: it reads the children of the root's node alone.
  private static func isOutside(_ path: String) -> Bool {
    guard path.hasPrefix("\(parent)/") else { return path != parent }
    return path.dropFirst(parent.count + 1).contains("/")
  }

  /// Devicetree Specification 0.4, 3.5.2: what only a child of /reserved-memory has.
  private static func reserves(
    _ node: FlattenedTree.Node, in tree: FlattenedTree
  ) throws(FDTError) -> Bool {
    let properties = Set(node.properties)
    guard !properties.isDisjoint(with: ["reg", "size"]) else { return false }
    let parentName = node.path.text.split(separator: "/").dropLast().last ?? ""
    if parentName == "reserved-memory" { return true }
    if properties.contains("compatible"),
      let bytes = try tree.bytes("compatible", of: node.path),
      bytes.split(separator: 0).contains(where: {
        $0.elementsEqual("shared-dma-pool".utf8) || $0.elementsEqual("reserved-memory".utf8)
      })
    {
      return true
    }
    return properties.contains("no-map") || properties.contains("reusable")
  }
}
