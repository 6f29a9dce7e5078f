// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import MemoryRequests
import Quantities

// A board's own tree, made over for a guest.

extension DeviceTreeRequest {
  /// The name that `compatible` gets, which is as long.
  static let undriven = "not-driven"
  /// The guest's own devices.
  static let guestNode: NodePath = "/cmalab-guest"

  /// A board's own tree, made over, packed, and read back.
  ///
  /// Its memory, /reserved-memory, `/memreserve/`, /chosen and every `dma-ranges` stay as they are. No
  /// driver finds a device: `compatible` has another name of the same length in every node that is not
  /// memory's. The CPUs, the command line and the initramfs are the guest's, and its interrupt
  /// controller, timer, serial port and PSCI stand in one node of their own. What is asked for of
  /// /reserved-memory stands before the tree's own children, of `/memreserve/` behind its entries; a
  /// consumer of a region of the tree's own names it with its unit address.
  ///
  /// - Parameters:
  ///   - guest: a compiled tree with the guest's devices, as ``blob(completing:)`` takes it.
  ///   - fillsInMemory: whether ``banks`` take the place of the tree's memory nodes, as a boot loader
  ///     writes them.
  /// - Throws: `FDTError` where a tree is damaged or has a node of the name of one to be added;
  ///   `DeviceTreeError` for what the tree cannot express, and where the finished tree, read back,
  ///   says anything else.
  package func blob(
    makingOver own: OwnTree, devicesOf guest: [UInt8], fillsInMemory: Bool
  ) throws -> [UInt8] {
    guard let bus else {
      throw DeviceTreeError.request(
        field: "bus", reason: "a board's own tree does not say where the guest's devices are")
    }
    try Self.check(bootArguments, limit: bootArgumentsLimit)
    try Self.check(reservedMemory)
    var builder = DeviceTreeBuilder(tree: try FlattenedTree(validating: own.blob))
    try builder.tree.rename("compatible", to: Self.undriven, sparing: ["reserved-memory"])
    try builder.writeChosen(bootArguments: bootArguments, initramfs: initramfs)
    try builder.writeReservedMemory(reservedMemory)
    if fillsInMemory { try builder.replaceBanks(banks) }
    try builder.makeOverCPUs(compatible: cpuCompatible, count: cpuCount)
    try builder.writeReservations(memoryReservations)
    try builder.graftDevices(
      of: try FlattenedTree(validating: guest), to: Self.guestNode, bus: bus)
    try builder.writeConsumersOfNodes(consumers)
    try builder.tree.pack()
    try confirm(builder.tree, banks: fillsInMemory ? banks : own.banks)
    return builder.tree.blob
  }

  private func confirm(_ tree: FlattenedTree, banks: [PhysicalRange]) throws {
    func expect<Value: Equatable>(_ field: String, _ asked: Value, _ found: Value) throws {
      guard asked == found else {
        throw DeviceTreeError.readBack(field: field, asked: "\(asked)", found: "\(found)")
      }
    }
    let cells = try CellCounts(of: .root, in: tree)
    try expect("memory", banks, DeviceTreeContents.banks(in: tree, cells: cells))
    try expect("bootargs", bootArguments, try tree.string("bootargs", of: "/chosen"))
    try expect("initrd", initramfs, try DeviceTreeContents.initramfs(in: tree))
    try expect(
      "the CPUs", (0..<cpuCount).map { UInt64($0) },
      try DeviceTreeContents.cpus(in: tree).map(\.affinity).sorted())
  }
}

extension DeviceTreeBuilder {
  /// As boot loaders fill RAM in: nothing of the tree's own memory nodes stays.
  mutating func replaceBanks(_ banks: [PhysicalRange]) throws {
    for name in try tree.children(of: .root) {
      let node = NodePath.root.child(name)
      let isMemory = try tree.bytes("device_type", of: node) == Array("memory\0".utf8)
      if isMemory { try tree.removeNode(node) }
    }
    try writeBanks(banks)
  }

  /// The first CPUs of the tree become the guest's, their caches and idle states as they are; further
  /// ones go away, and such as the tree lacks are added.
  mutating func makeOverCPUs(compatible: String, count: Int) throws {
    let parent: NodePath = "/cpus"
    if try !tree.hasNode(parent) {
      try addNode(
        "cpus", under: .root, [("#address-cells", .cells([1])), ("#size-cells", .cells([0]))])
    }
    // A board with one core may have no number for it (arch/arm/boot/dts/alphascale-asm9260.dtsi).
    if try tree.cell("#address-cells", of: parent) == 0 {
      try tree.set("#address-cells", of: parent, to: .cells([1]))
    }
    // A CPU has no size, whatever a tree says (drivers/of/base.c, of_get_cpu_hwid), and without the
    // property it is 1.
    if try tree.cell("#size-cells", of: parent) != 0 {
      try tree.set("#size-cells", of: parent, to: .cells([0]))
    }
    let cells = try CellCounts(of: parent, in: tree, sizes: 0...0)
    var kept: [NodePath] = []
    for node in try tree.cpus() {
      if kept.count < count, try tree.isAvailable(node) {
        kept.append(node)
      } else {
        try tree.removeNode(node)
      }
    }
    while kept.count < count {
      kept.append(try tree.addNode("cpu@cmalab-\(kept.count)", under: parent))
    }
    for (index, node) in kept.enumerated() {
      if try tree.bytes(DeviceTreeRequest.undriven, of: node) != nil {
        try tree.remove(DeviceTreeRequest.undriven, of: node)
      }
      let reg = try CellCounts.encode(
        UInt64(index), in: cells.address, property: node.property("reg"))
      try write(
        [
          ("device_type", .string("cpu")), ("compatible", .string(compatible)),
          ("reg", .cells(reg)), ("enable-method", .string("psci")),
        ], to: node)
    }
  }

  /// Copies the guest's devices into a node of the root, whatever the root's cell counts are.
  mutating func graftDevices(
    of guest: FlattenedTree, to home: NodePath, bus: DeviceBus
  ) throws {
    let cells = try CellCounts(of: .root, in: tree)
    let graft = Graft(guest: guest, firstPhandle: try tree.freePhandle())
    try graft.copy(DeviceBus.node, to: home, in: &tree)
    for name in try guest.children(of: .root)
    where !["aliases", "chosen", "cpus", "soc"].contains(name) {
      try graft.copy(NodePath.root.child(name), to: home.child(name), in: &tree)
    }
    try graft.copy("interrupt-parent", of: .root, to: home, in: &tree)
    try tree.set(
      "ranges", of: home, to: .cells(try bus.windows(of: home, addressCells: cells.address)))
  }

  /// Each consumer's node, and the phandle of the node of /reserved-memory that it refers to.
  mutating func writeConsumersOfNodes(_ consumers: [Consumer]) throws {
    for consumer in consumers.reversed() {
      var properties: [(name: String, value: PropertyValue)] = [
        ("compatible", .string(Consumer.compatible)), ("dma-coherent", .flag),
      ]
      if let region = consumer.region {
        let node = DeviceTreeContents.ReservedMemory.node.child(region)
        let phandle = try tree.cell("phandle", of: node) ?? tree.freePhandle()
        try tree.set("phandle", of: node, to: .cells([phandle]))
        properties.append(("memory-region", .cells([phandle])))
      }
      try addNode(consumer.name, under: .root, properties)
    }
  }
}

/// Parts of one tree, to be put into another that has phandles of its own.
private struct Graft {
  let guest: FlattenedTree
  /// What the other tree's phandles are all below.
  let firstPhandle: UInt32

  /// Properties of our base trees that are phandles, each cell of them.
  private static let phandles: Set = ["phandle", "interrupt-parent", "clocks"]

  func copy(_ source: NodePath, to target: NodePath, in tree: inout FlattenedTree) throws {
    let parts = target.text.split(separator: "/")
    let parent = parts.count > 1 ? NodePath("/" + parts.dropLast().joined(separator: "/")) : .root
    try tree.addNode(String(parts.last ?? ""), under: parent)
    for property in try guest.properties(of: source).reversed() {
      try copy(property, of: source, to: target, in: &tree)
    }
    for child in try guest.children(of: source).reversed() {
      try copy(source.child(child), to: target.child(child), in: &tree)
    }
  }

  func copy(
    _ property: String, of source: NodePath, to target: NodePath, in tree: inout FlattenedTree
  ) throws {
    if Self.phandles.contains(property) {
      let cells = try guest.cells(property, of: source) ?? []
      try tree.set(property, of: target, to: .cells(cells.map { $0 + firstPhandle }))
    } else {
      try tree.set(property, of: target, to: .bytes(try guest.bytes(property, of: source) ?? []))
    }
  }
}
