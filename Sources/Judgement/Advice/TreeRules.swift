// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import KernelConsole
import Predictions
import Quantities
import Records

/// What can be seen in the tree alone, whatever kernel reads it.
struct TreeRules {
  static let parent: NodePath = "/reserved-memory"

  let tree: FlattenedTree
  let memory: EarlyMemory

  var nodes: [EarlyMemory.Node] { memory.reservedMemory?.nodes ?? [] }

  func findings() throws(FDTError) -> [Finding] {
    var found = try memoryNodes()
    for node in nodes {
      if let finding = try sizeInRegister(node) { found.append(finding) }
      if let finding = flags(node) { found.append(finding) }
      if let finding = wildNumbers(node) { found.append(finding) }
      if case .nowhere = node.placement { found.append(nowhere(node)) }
      if let finding = malformed(node) { found.append(finding) }
    }
    return found + defaults()
  }

  /// The place of a node of reserved-memory.
  func place(_ node: String, _ property: String? = nil) -> Finding.Place {
    let path = Self.parent.child(node)
    return Finding.Place(key: property.map { path.property($0) } ?? path.text)
  }

  /// The property that says where a node goes.
  func placement(of name: String) -> Finding.Place {
    guard let node = nodes.first(where: { $0.name == name }) else { return place(name) }
    switch node.placement {
    case .fixed, .malformedFixed: return place(name, "reg")
    case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
      return place(name, "size")
    case .nowhere: return place(name)
    }
  }

  // MARK: Memory nodes

  func memoryNodes() throws(FDTError) -> [Finding] {
    var found: [Finding] = []
    for name in try tree.children(of: .root) where name == "memory" || name.hasPrefix("memory@") {
      let node = NodePath.root.child(name)
      let properties = try tree.properties(of: node)
      guard properties.contains("reg") || properties.contains("linux,usable-memory") else {
        continue
      }
      let type = try tree.bytes("device_type", of: node)
      guard type.map({ $0.prefix { $0 != 0 } })?.elementsEqual("memory".utf8) != true else {
        continue
      }
      let isMisspelt = properties.contains("device-type")
      found.append(
        Finding(
          rule: "memory-type", severity: .error,
          place: .init(key: node.property(isMisspelt ? "device-type" : "device_type")),
          problem: isMisspelt
            ? "device-type is written with a hyphen"
            : "the node has no device_type = \"memory\"",
          consequence: "none of its RAM is taken", message: nil,
          origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
          remedy: "write device_type = \"memory\"; with an underscore"))
    }
    if !memory.banks.contains(where: { $0.last.value < 1 << 48 }) {
      found.append(
        Finding(
          rule: "no-memory", severity: .error, place: .init(key: "/"),
          problem: "no memory node has RAM",
          consequence:
            "the kernel has nowhere to put a page table, and panics or says nothing at all",
          message: nil, origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
          remedy: "add memory@0 { device_type = \"memory\"; reg = <…>; }"))
    }
    return found
  }

  // MARK: Nodes of reserved-memory

  /// A size where an address and a size belong, or a size at address 0.
  private func sizeInRegister(_ node: EarlyMemory.Node) throws(FDTError) -> Finding? {
    guard node.isSharedPool, let bytes = try tree.bytes("reg", of: Self.parent.child(node.name))
    else { return nil }
    let sizeBytes = try cells("#size-cells") * 4
    let isAlone = bytes.count == sizeBytes
    var isAtZero = false
    if case .fixed(let entries) = node.placement, let first = entries.first {
      isAtZero = first.start == 0 && first.size > 0 && !node.name.contains("@")
    }
    guard isAlone || isAtZero else { return nil }
    return Finding(
      rule: "reg-for-size", severity: .error, place: place(node.name, "reg"),
      problem: isAlone
        ? "reg is as long as a size alone" : "reg begins at address 0, and the node has no address",
      consequence: isAlone
        ? "the node is skipped" : "the pool is put at address 0, whatever lies there",
      message: isAlone
        ? "Reserved memory: invalid reg property in '\(node.name)', skipping node." : nil,
      origin: isAlone
        ? "drivers/of/of_reserved_mem.c, __reserved_mem_reserve_reg (5.10, 6.1: drivers/of/fdt.c)"
        : "kernel/dma/contiguous.c, rmem_cma_setup",
      remedy: "write size in place of reg, and alloc-ranges for where it may lie")
  }

  private func cells(_ property: String) throws(FDTError) -> Int {
    // 1 where it is missing, as in the kernel (early_init_dt_scan_root).
    let bytes = try tree.bytes(property, of: .root) ?? [0, 0, 0, 1]
    return bytes.count == 4 && bytes.prefix(3).allSatisfy { $0 == 0 } ? Int(bytes[3]) : 0
  }

  private func flags(_ node: EarlyMemory.Node) -> Finding? {
    guard node.isSharedPool, node.isReusable, node.isNoMap else { return nil }
    return Finding(
      rule: "exclusive-flags", severity: .error, place: place(node.name, "no-map"),
      problem: "no-map and reusable exclude each other",
      consequence: "no driver takes the region, so there is no pool (7.x keeps it as a carve-out)",
      message: "OF: reserved mem: node \(node.name) compatible matching fail",
      origin: "kernel/dma/contiguous.c, rmem_cma_setup",
      remedy: "leave no-map away for a CMA pool, and reusable for a carve-out")
  }

  private func nowhere(_ node: EarlyMemory.Node) -> Finding {
    Finding(
      rule: "no-place", severity: .error, place: place(node.name),
      problem: "the node has neither reg nor size", consequence: "nothing comes of it",
      message: nil,
      origin: "drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem "
        + "(5.10, 6.1: drivers/of/fdt.c, __fdt_scan_reserved_mem)",
      remedy: "write size, or reg for a place of your choice")
  }

  /// What 7.x does not complain of.
  private func malformed(_ node: EarlyMemory.Node) -> Finding? {
    let property: String
    let id: KernelComplaint.ID
    let consequence: String
    switch node.placement {
    case .malformedFixed:
      property = "reg"
      id = .regLength
      consequence = "the node is skipped; 7.x does so without a word"
    case .malformedRanges:
      property = "alloc-ranges"
      id = .allocRangesLength
      consequence = "the node is skipped; 7.x looks for a place anywhere, without a word"
    case .fixed, .dynamic, .malformedSize, .malformedAlignment, .nowhere: return nil
    }
    guard let kind = KernelComplaint.all.first(where: { $0.id == id }) else {
      return nil
    }
    return Finding(
      rule: kind.id.rawValue, severity: .error, place: place(node.name, property),
      problem: kind.meaning,
      consequence: consequence, message: nil, origin: kind.origin, remedy: kind.remedy)
  }

  /// Numbers beyond what an ARMv8 address can have.
  private func wildNumbers(_ node: EarlyMemory.Node) -> Finding? {
    let entries: [EarlyMemory.Entry]
    switch node.placement {
    case .fixed(let all): entries = all
    case .dynamic(let size, _, let within): entries = (within ?? []) + [.init(start: 0, size: size)]
    case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere:
      return nil
    }
    guard let entry = entries.first(where: { $0.start >= 1 << 52 || $0.size >= 1 << 52 }) else {
      return nil
    }
    return Finding(
      rule: "wild-number", severity: .error, place: placement(of: node.name),
      problem: "\(PhysicalAddress(entry.size)) bytes at \(PhysicalAddress(entry.start)): no "
        + "machine has 52 bits of addresses",
      consequence: "no pool comes of it, and the boot may not end", message: nil,
      origin: "mm/memblock.c, memblock_cap_size",
      remedy: "see whether the cells are in order: the high one first, address before size")
  }

  private func defaults() -> [Finding] {
    let names = nodes.filter(\.isDefault).map(\.name)
    guard names.count > 1, let last = names.last else { return [] }
    return [
      Finding(
        rule: "default-twice", severity: .warning, place: place(last, "linux,cma-default"),
        problem: "\(names.count) nodes have linux,cma-default: \(names.joined(separator: ", "))",
        consequence: "each becomes a pool, and the one that is set up last is the default",
        message: "Reserved memory: created CMA memory pool at",
        origin: "kernel/dma/contiguous.c, rmem_cma_setup",
        remedy: "leave linux,cma-default to one node")
    ]
  }
}
