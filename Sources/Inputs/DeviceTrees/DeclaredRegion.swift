// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import MemoryRequests
package import Quantities

/// A child of /reserved-memory as a kernel would read it, whatever is wrong with it.
///
/// Where ``ReservedRegion`` is what was asked for, this is what a finished tree says, a user's own
/// fragment included; so nothing here is refused.
package struct DeclaredRegion: Hashable, Sendable {
  /// With its unit address.
  package let node: String
  /// Zero where the tree does not say it in a way that the kernel reads.
  package let bytes: ByteCount
  /// Nil where the kernel is to find a place.
  package let base: PhysicalAddress?
  package let compatible: [String]
  package let isReusable: Bool
  package let isNoMap: Bool
  package let isDefault: Bool
  /// The nodes whose `memory-region` refers to it, by path.
  package let users: [String]
  /// `alignment`; nil where the tree has none that the kernel reads.
  package let alignment: ByteCount?
  /// `alloc-ranges`: where the kernel is to find a place; nil for anywhere.
  package let windows: [PhysicalRange]?
  /// The entries of `reg` past the first.
  package let furtherRanges: [PhysicalRange]
  /// Why the kernel does not read it, in words; nil where it does.
  package let fault: String?

  /// `shared-dma-pool`, `reusable` and not `no-map` (kernel/dma/contiguous.c, rmem_cma_setup).
  package var isPool: Bool {
    compatible.contains("shared-dma-pool") && isReusable && !isNoMap
  }

  /// The regions of a tree, in its order, without those that are not available.
  package static func all(in blob: [UInt8]) throws -> [DeclaredRegion] {
    let tree = try FlattenedTree(validating: blob)
    let parent = DeviceTreeContents.ReservedMemory.node
    guard try tree.hasNode(parent) else { return [] }
    let reader = DeclaredRegionReader(
      tree: tree, parent: parent, cells: try CellCounts(of: .root, in: tree),
      users: try tree.memoryRegionUsers())
    let names = try tree.children(of: parent)
    try DeviceTreeContents.expectFew(names.count, "reserved regions")
    let fault = try reader.formatFault()
    return try names.filter { try tree.isAvailable(parent.child($0)) }
      .map { try reader.region(named: $0, formatFault: fault) }
  }
}

private struct DeclaredRegionReader {
  let tree: FlattenedTree
  let parent: NodePath
  /// The root's: the kernel decodes every region with these.
  let cells: CellCounts
  /// Paths by phandle.
  let users: [UInt32: [String]]

  /// drivers/of/of_reserved_mem.c (5.10, 6.1: drivers/of/fdt.c), __reserved_mem_check_root.
  func formatFault() throws -> String? {
    for (property, wanted) in [("#address-cells", cells.address), ("#size-cells", cells.size)] {
      guard let found = try number(property, of: parent) else {
        return "/reserved-memory has no \(property)"
      }
      guard found == UInt64(wanted) else {
        return "/reserved-memory:\(property) is \(found), and the root's is \(wanted)"
      }
    }
    return try tree.bytes("ranges", of: parent) == nil ? "/reserved-memory has no ranges" : nil
  }

  func region(named name: String, formatFault: String?) throws -> DeclaredRegion {
    let node = parent.child(name)
    let properties = try tree.properties(of: node)
    let place = try self.place(of: node)
    let phandle = try number("phandle", of: node).flatMap(UInt32.init(exactly:))
    return DeclaredRegion(
      node: name, bytes: place.bytes, base: place.base,
      compatible: (try? tree.strings("compatible", of: node)) ?? [],
      isReusable: properties.contains("reusable"), isNoMap: properties.contains("no-map"),
      isDefault: properties.contains("linux,cma-default"),
      users: phandle.flatMap { users[$0] } ?? [],
      alignment: try alignment(of: node),
      windows: place.base == nil ? try ranges("alloc-ranges", of: node) : nil,
      furtherRanges: Array((try ranges("reg", of: node) ?? []).dropFirst()),
      fault: formatFault ?? place.fault)
  }

  private func alignment(of node: NodePath) throws -> ByteCount? {
    guard let bytes = try tree.bytes("alignment", of: node), bytes.count == cells.address * 4,
      bytes.count <= 8
    else { return nil }
    return ByteCount(Self.number(bytes[...]))
  }

  /// Pairs of address and size, without those of no size; nil where the kernel reads none.
  private func ranges(_ property: String, of node: NodePath) throws -> [PhysicalRange]? {
    let perEntry = (cells.address + cells.size) * 4
    guard let bytes = try tree.bytes(property, of: node), perEntry > 0,
      bytes.count.isMultiple(of: perEntry)
    else { return nil }
    return stride(from: 0, to: bytes.count, by: perEntry).compactMap { offset in
      let middle = offset + cells.address * 4
      return PhysicalRange(
        start: PhysicalAddress(Self.number(bytes[offset..<middle])),
        size: ByteCount(Self.number(bytes[middle..<(offset + perEntry)])))
    }
  }

  /// `reg`'s first entry, or `size`: __reserved_mem_reserve_reg and __reserved_mem_alloc_size.
  private func place(
    of node: NodePath
  ) throws -> (bytes: ByteCount, base: PhysicalAddress?, fault: String?) {
    let perEntry = cells.address + cells.size
    func partial(_ property: String, _ bytes: [UInt8], _ wanted: String) -> String {
      "\(property) is \(bytes.count / 4) cells long, where the root's #address-cells and "
        + "#size-cells make it \(wanted)"
    }
    if let reg = try tree.bytes("reg", of: node) {
      guard !reg.isEmpty, reg.count % (perEntry * 4) == 0 else {
        return (.zero, nil, partial("reg", reg, "a multiple of \(perEntry)"))
      }
      let size = Self.number(reg[(cells.address * 4)..<(perEntry * 4)])
      return (
        ByteCount(size), PhysicalAddress(Self.number(reg[..<(cells.address * 4)])), nil
      )
    }
    guard let size = try tree.bytes("size", of: node) else {
      return (.zero, nil, "it has neither reg nor size")
    }
    guard size.count == cells.size * 4 else {
      return (.zero, nil, partial("size", size, "\(cells.size)"))
    }
    var fault: String?
    if let alignment = try tree.bytes("alignment", of: node),
      alignment.count != cells.address * 4
    {
      fault = partial("alignment", alignment, "\(cells.address)")
    }
    if let ranges = try tree.bytes("alloc-ranges", of: node), ranges.count % (perEntry * 4) != 0 {
      fault = partial("alloc-ranges", ranges, "a multiple of \(perEntry)")
    }
    return (ByteCount(Self.number(size[...])), nil, fault)
  }

  private func number(_ property: String, of node: NodePath) throws -> UInt64? {
    try tree.bytes(property, of: node).flatMap { $0.count <= 8 ? Self.number($0[...]) : nil }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension FlattenedTree {
  /// The paths of all nodes that have a `memory-region`, by the phandles in it.
  fileprivate func memoryRegionUsers() throws -> [UInt32: [String]] {
    var users: [UInt32: [String]] = [:]
    for (node, bytes) in try values(of: "memory-region") {
      for offset in stride(from: 0, to: bytes.count - bytes.count % 4, by: 4) {
        let phandle = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        users[phandle, default: []].append(node.text)
      }
    }
    return users
  }
}
