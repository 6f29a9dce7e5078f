// SPDX-License-Identifier: Apache-2.0
package import FlattenedTree
package import MemoryRequests
package import Quantities

/// What a device tree says of memory, CPUs and boot, decoded with the tree's own cell counts.
package struct DeviceTreeContents: Hashable, Sendable {
  /// More banks, CPUs, regions or entries than this are refused: no board comes near, and every
  /// node is looked up by its path.
  package static let maximumEntryCount = 1024

  package struct CPU: Hashable, Sendable {
    /// The affinity fields of its MPIDR_EL1, as in `reg`.
    package let affinity: UInt64
    package let compatible: [String]
    let enableMethod: String?
  }

  package struct ReservedMemory: Hashable, Sendable {
    static let node: NodePath = "/reserved-memory"

    /// The kernel ignores the whole node unless these are the root's and ``hasRanges`` holds
    /// (drivers/of/of_reserved_mem.c and drivers/of/fdt.c, __reserved_mem_check_root).
    package let cells: CellCounts
    package let hasRanges: Bool
    package let regions: [ReservedRegion]
  }

  /// The root's cell counts.
  package let cells: CellCounts
  /// Every non-empty `reg` entry of the available memory nodes, in the tree's order.
  package let banks: [PhysicalRange]
  package let cpus: [CPU]
  /// Nil where /chosen has none.
  package let bootArguments: String?
  package let initramfs: PhysicalRange?
  /// Those of /chosen's `kaslr-seed` and `rng-seed` that are there; a guest with a seed does not
  /// repeat itself.
  package let seeds: [String]
  /// Nil where there is no such node.
  package let reservedMemory: ReservedMemory?
  package let memoryReservations: [PhysicalRange]
  /// The test module's devices, in the tree's order.
  package let consumers: [Consumer]
  /// Nil where the tree has no bus like ours.
  package let bus: DeviceBus?

  static let seedNames = ["kaslr-seed", "rng-seed"]

  /// Checks and decodes a blob.
  ///
  /// - Throws: `FDTError` for a blob that is no whole tree or a value of the wrong kind,
  ///   `DeviceTreeError` for one that makes no sense.
  package init(of blob: [UInt8]) throws {
    try self.init(of: FlattenedTree(validating: blob))
  }

  package init(of tree: FlattenedTree) throws {
    cells = try CellCounts(of: .root, in: tree)
    banks = try Self.banks(in: tree, cells: cells)
    cpus = try Self.cpus(in: tree)
    let hasChosen = try tree.hasNode("/chosen")
    bootArguments = hasChosen ? try tree.string("bootargs", of: "/chosen") : nil
    initramfs = hasChosen ? try Self.initramfs(in: tree) : nil
    let chosen = hasChosen ? try tree.properties(of: "/chosen") : []
    seeds = Self.seedNames.filter { chosen.contains($0) }
    reservedMemory = try ReservedMemory(in: tree)
    consumers = try Consumer.all(in: tree)
    bus = try DeviceBus(in: tree)
    memoryReservations = try tree.memoryReservations().map { entry in
      guard
        let range = PhysicalRange(
          start: PhysicalAddress(entry.address), size: ByteCount(entry.byteCount))
      else {
        throw DeviceTreeError.wraps(
          property: "/memreserve/", start: entry.address, byteCount: entry.byteCount)
      }
      return range
    }
  }

  /// As the kernel takes them (drivers/of/fdt.c, early_init_dt_scan_memory): the root's children
  /// with `device_type = "memory"` that are not disabled; `linux,usable-memory` overrides `reg`.
  static func banks(
    in tree: FlattenedTree, cells: CellCounts
  ) throws -> [PhysicalRange] {
    var banks: [PhysicalRange] = []
    for name in try tree.children(of: .root) {
      let node = NodePath.root.child(name)
      guard try tree.string("device_type", of: node) == "memory", try tree.isAvailable(node)
      else { continue }
      for property in ["linux,usable-memory", "reg"] {
        guard let values = try tree.cells(property, of: node) else { continue }
        banks += try cells.ranges(of: values, property: node.property(property))
        break
      }
      try expectFew(banks.count, "memory banks")
    }
    return banks
  }

  /// What `reg` of every memory node says, as /proc/device-tree shows it: of those that the kernel does
  /// not use, too.
  package static func declaredBanks(in blob: [UInt8]) throws -> [PhysicalRange] {
    try memoryRanges(in: try FlattenedTree(validating: blob)) { _ in true }
  }

  /// What a board loses by mistake: `reg` of memory nodes that the kernel does not take for such, for
  /// want of `device_type`. One with a driver is meant to be something else.
  package static func unrecognizedBanks(in blob: [UInt8]) throws -> [PhysicalRange] {
    let tree = try FlattenedTree(validating: blob)
    return try memoryRanges(in: tree) { node in
      try tree.string("device_type", of: node) != "memory" && tree.isAvailable(node)
        && tree.bytes("compatible", of: node) == nil
    }
  }

  /// `reg` of the nodes that are called memory, those that `isMeant` picks.
  private static func memoryRanges(
    in tree: FlattenedTree, where isMeant: (NodePath) throws -> Bool
  ) throws -> [PhysicalRange] {
    let cells = try CellCounts(of: .root, in: tree)
    return try tree.children(of: .root).flatMap { name -> [PhysicalRange] in
      let node = NodePath.root.child(name)
      guard name == "memory" || name.hasPrefix("memory@"),
        let values = try tree.cells("reg", of: node), try isMeant(node)
      else { return [] }
      return try cells.ranges(of: values, property: node.property("reg"))
    }
  }

  static func cpus(in tree: FlattenedTree) throws -> [CPU] {
    guard try tree.hasNode("/cpus") else { return [] }
    let cells = try CellCounts(of: "/cpus", in: tree, sizes: 0...0)
    var cpus: [CPU] = []
    for name in try tree.children(of: "/cpus") {
      let node = NodePath("/cpus").child(name)
      guard try tree.string("device_type", of: node) == "cpu", try tree.isAvailable(node)
      else { continue }
      guard let reg = try tree.cells("reg", of: node) else {
        throw DeviceTreeError.missing(property: node.property("reg"))
      }
      guard reg.count == cells.address else {
        throw DeviceTreeError.partialEntry(
          property: node.property("reg"), cells: reg.count, cellsPerEntry: cells.address)
      }
      cpus.append(
        CPU(
          affinity: CellCounts.number(reg),
          compatible: try tree.strings("compatible", of: node) ?? [],
          enableMethod: try tree.string("enable-method", of: node)))
      try expectFew(cpus.count, "CPUs")
    }
    return cpus
  }

  /// `linux,initrd-end` is the first address behind it.
  static func initramfs(in tree: FlattenedTree) throws -> PhysicalRange? {
    let chosen: NodePath = "/chosen"
    let start = try tree.number("linux,initrd-start", of: chosen)
    let end = try tree.number("linux,initrd-end", of: chosen)
    switch (start, end) {
    case (nil, nil): return nil
    case (nil, _): throw DeviceTreeError.missing(property: chosen.property("linux,initrd-start"))
    case (_, nil): throw DeviceTreeError.missing(property: chosen.property("linux,initrd-end"))
    case (let start?, let end?):
      guard start < end,
        let range = PhysicalRange(
          start: PhysicalAddress(start), last: PhysicalAddress(end - 1))
      else {
        throw DeviceTreeError.reversed(
          property: chosen.property("linux,initrd-end"), start: start, end: end)
      }
      return range
    }
  }

  static func expectFew(_ count: Int, _ what: String) throws {
    guard count <= maximumEntryCount else {
      throw DeviceTreeError.tooMany(what: what, limit: maximumEntryCount)
    }
  }
}

extension FlattenedTree {
  /// Whether the node's `status` lets the kernel use it (drivers/of/fdt.c, of_fdt_device_is_available).
  func isAvailable(_ node: NodePath) throws -> Bool {
    guard let status = try string("status", of: node) else { return true }
    return status == "okay" || status == "ok"
  }
}
