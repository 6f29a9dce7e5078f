// SPDX-License-Identifier: Apache-2.0
package import Quantities

extension EarlyMemory {
  /// What a kernel finds in a device tree.
  ///
  /// - Parameters:
  ///   - blob: as it lies in memory.
  ///   - deviceTree: where it lies.
  ///   - kernel: where the image's first byte lies.
  /// - Returns: nil for bytes that are no device tree.
  package init?(blob: [UInt8], at deviceTree: PhysicalAddress, kernel: PhysicalAddress) {
    guard let tree = BootTree(blob),
      let range = PhysicalRange(start: deviceTree, size: ByteCount(UInt64(blob.count)))
    else { return nil }
    let root = tree.nodes[0]
    // early_init_dt_scan_root: both are 1 where they are missing.
    let cells = (
      address: Int(root.cell("#address-cells") ?? 1), size: Int(root.cell("#size-cells") ?? 1)
    )
    guard 1...2 ~= cells.address, 1...2 ~= cells.size else { return nil }
    let reader = EntryReader(address: cells.address * 4, size: cells.size * 4)
    let chosen = tree.child("chosen").map { tree.nodes[$0] }
    var initramfs: PhysicalRange?
    if let start = chosen?["linux,initrd-start"].map(BootTree.number),
      let end = chosen?["linux,initrd-end"].map(BootTree.number), start < end
    {
      initramfs = PhysicalRange(at: start, bytes: end - start)
    }
    self.init(
      banks: reader.banks(in: tree),
      memoryReservations: tree.memoryReservations.compactMap {
        PhysicalRange(at: $0.start, bytes: $0.size)
      },
      reservedMemory: tree.child("reserved-memory").map { reader.regions(in: tree, at: $0) },
      deviceTree: range, initramfs: initramfs, kernel: kernel,
      commandLine: chosen?["bootargs"].map { BootTree.Node.text($0) } ?? "",
      dmaLimit: tree.dmaLimit, capture: reader.capture(chosen), tree: TreeShape(tree))
  }
}

/// Addresses and sizes of the root's cell counts.
private struct EntryReader {
  /// In bytes.
  let address: Int
  let size: Int

  private var stride: Int { address + size }

  /// Whole entries; what is left over is the caller's to judge.
  private func entries(_ value: ArraySlice<UInt8>) -> [EarlyMemory.Entry] {
    (0..<value.count / stride).map { index in
      let at = value.startIndex + index * stride
      return .init(
        start: BootTree.number(value[at..<at + address]),
        size: BootTree.number(value[at + address..<at + stride]))
    }
  }

  /// early_init_dt_scan_memory.
  func banks(in tree: BootTree) -> [PhysicalRange] {
    tree.children(of: 0).flatMap { index -> [PhysicalRange] in
      let node = tree.nodes[index]
      guard let type = node["device_type"], BootTree.Node.text(type) == "memory",
        node.isAvailable, let value = node["linux,usable-memory"] ?? node["reg"]
      else { return [] }
      return entries(value).compactMap {
        PhysicalRange(at: $0.start, bytes: $0.size)
      }
    }
  }

  /// early_init_dt_check_for_usable_mem_range and early_init_dt_check_for_elfcorehdr.
  func capture(_ chosen: BootTree.Node?) -> EarlyMemory.CaptureKernel {
    let usable = chosen?["linux,usable-memory-range"]
    let header = chosen?["linux,elfcorehdr"]
    var capture = EarlyMemory.CaptureKernel(
      usableRanges: usable.map(entries) ?? [], elfCoreHeader: header.flatMap { entries($0).first })
    if let usable, usable.count % stride != 0 {
      capture.malformedProperty = "linux,usable-memory-range"
    } else if let header, header.count != stride {
      capture.malformedProperty = "linux,elfcorehdr"
    }
    return capture
  }

  /// __reserved_mem_check_root, and the available children in order.
  func regions(in tree: BootTree, at index: Int) -> EarlyMemory.ReservedMemory {
    let parent = tree.nodes[index]
    let isSupported =
      parent.cell("#address-cells") == UInt64(address / 4)
      && parent.cell("#size-cells") == UInt64(size / 4) && parent["ranges"] != nil
    let nodes = tree.children(of: index).map { tree.nodes[$0] }.filter(\.isAvailable)
    return .init(isSupported: isSupported, nodes: nodes.map(region))
  }

  private func region(_ node: BootTree.Node) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: node.text, placement: placement(of: node),
      isSharedPool: node.isCompatible("shared-dma-pool"), isReusable: node["reusable"] != nil,
      isNoMap: node["no-map"] != nil, isDefault: node["linux,cma-default"] != nil)
  }

  private func placement(of node: BootTree.Node) -> EarlyMemory.Node.Placement {
    if let value = node["reg"] {
      return value.count % stride == 0 ? .fixed(entries(value)) : .malformedFixed
    }
    guard let value = node["size"] else { return .nowhere }
    guard value.count == size else { return .malformedSize }
    let alignment = node["alignment"]
    if let alignment, alignment.count != address { return .malformedAlignment }
    let within = node["alloc-ranges"]
    if let within, within.count % stride != 0 {
      return .malformedRanges(
        size: BootTree.number(value), alignment: alignment.map { BootTree.number($0) })
    }
    return .dynamic(
      size: BootTree.number(value), alignment: alignment.map { BootTree.number($0) },
      within: within.map { entries($0) })
  }
}

extension TreeShape {
  init(_ tree: BootTree) {
    let nodes = tree.nodes.map { node in
      // The kernel's name for a node goes to its last @ (populate_properties).
      let base = node.name.lastIndex(of: UInt8(ascii: "@")) ?? node.name.endIndex
      return Node(
        nameBytes: node.name.count, baseNameBytes: base - node.name.startIndex,
        propertyCount: node.properties.count, hasName: node["name"] != nil)
    }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let aliases = tree.child("aliases").map { tree.nodes[$0].properties } ?? []
    self.init(
      nodes: nodes,
      aliasStemBytes: aliases.compactMap { alias in
        let name = Array(alias.name)
        let stem = name.count - name.reversed().prefix { digits.contains($0) }.count
        guard stem < name.count, !["name", "phandle"].contains(where: name.elementsEqual),
          alias.value.first == UInt8(ascii: "/")
        else { return nil }
        return stem
      },
      cpuCount: tree.child("cpus").map { cpus in
        tree.children(of: cpus).count {
          tree.nodes[$0]["device_type"].map { BootTree.Node.text($0) } == "cpu"
        }
      } ?? 1, hasNUMANodes: tree.nodes.contains { $0["numa-node-id"] != nil })
  }
}

extension [UInt8] {
  fileprivate func elementsEqual(_ text: String) -> Bool { elementsEqual(text.utf8) }
}
