// SPDX-License-Identifier: Apache-2.0
import FlattenedTree

/// A device that the test module (images/module) binds to: it has no registers, only memory.
package struct Consumer: Hashable, Sendable {
  /// What the module looks for.
  package static let compatible = "cmalab,consumer"

  /// The node's name, a child of the root.
  package var name: String
  /// The name of the ``ReservedRegion`` that its `memory-region` refers to; nil for a device that
  /// allocates from the default pool.
  package var region: String?

  package init(name: String, region: String? = nil) {
    self.name = name
    self.region = region
  }
}

extension Consumer {
  /// A finished tree with further consumers, whose regions it has.
  ///
  /// - Parameter consumers: each with its region's name and unit address.
  package static func adding(_ consumers: [Consumer], to blob: [UInt8]) throws -> [UInt8] {
    guard !consumers.isEmpty else { return blob }
    var builder = DeviceTreeBuilder(tree: try FlattenedTree(validating: blob))
    try builder.writeConsumersOfNodes(consumers)
    try builder.tree.pack()
    return builder.tree.blob
  }

  /// The consumers of a tree.
  static func all(in tree: FlattenedTree) throws -> [Consumer] {
    try tree.children(of: .root).compactMap { name in
      let node = NodePath.root.child(name)
      guard try tree.strings("compatible", of: node)?.contains(compatible) == true else {
        return nil
      }
      guard let phandle = try tree.cells("memory-region", of: node)?.first else {
        return Consumer(name: name)
      }
      guard let region = try region(phandle, in: tree) else {
        throw DeviceTreeError.missing(property: node.property("memory-region"))
      }
      return Consumer(name: name, region: region)
    }
  }

  /// The name, without unit address, of the region that has this phandle.
  private static func region(_ phandle: UInt32, in tree: FlattenedTree) throws -> String? {
    let parent = DeviceTreeContents.ReservedMemory.node
    guard try tree.hasNode(parent) else { return nil }
    return try tree.children(of: parent).first { name in
      try tree.cells("phandle", of: parent.child(name)) == [phandle]
    }?.split(separator: "@").first.map(String.init)
  }
}

extension Consumer: CustomStringConvertible {
  /// `cmalab-video of 'video'`.
  package var description: String { region.map { "\(name) of '\($0)'" } ?? name }
}
