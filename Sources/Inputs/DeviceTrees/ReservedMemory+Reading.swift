// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import MemoryRequests
import Quantities

extension DeviceTreeContents.ReservedMemory {
  /// Decodes /reserved-memory; nil where there is none.
  init?(in tree: FlattenedTree) throws {
    let parent: NodePath = "/reserved-memory"
    guard try tree.hasNode(parent) else { return nil }
    let cells = try CellCounts(of: parent, in: tree)
    self.cells = cells
    hasRanges = try tree.bytes("ranges", of: parent) != nil
    let names = try tree.children(of: parent)
    try DeviceTreeContents.expectFew(names.count, "reserved regions")
    regions = try names.compactMap { name in
      let node = parent.child(name)
      return try tree.isAvailable(node)
        ? try ReservedRegion(at: node, name: name, in: tree, cells: cells) : nil
    }
  }
}

extension ReservedRegion {
  /// Decodes a child of /reserved-memory; one that has neither `reg` nor `size` is fixed nowhere.
  fileprivate init(
    at node: NodePath, name: String, in tree: FlattenedTree, cells: CellCounts
  ) throws {
    let properties = try tree.properties(of: node)
    func ranges(_ property: String) throws -> [PhysicalRange] {
      guard let values = try tree.cells(property, of: node) else { return [] }
      return try cells.ranges(of: values, property: node.property(property))
    }
    let placement: Placement
    if !properties.contains("reg"), let size = try tree.number("size", of: node) {
      placement = .dynamic(
        size: ByteCount(size),
        alignment: try tree.number("alignment", of: node).map { ByteCount($0) },
        within: try ranges("alloc-ranges"))
    } else {
      placement = .fixed(try ranges("reg"))
    }
    var bareName = name
    if case .fixed = placement, let at = name.firstIndex(of: "@") {
      bareName = String(name[..<at])
    }
    self.init(
      name: bareName, placement: placement,
      compatible: try tree.strings("compatible", of: node) ?? [],
      isReusable: properties.contains("reusable"), isNoMap: properties.contains("no-map"),
      isLinuxCMADefault: properties.contains("linux,cma-default"))
  }
}
