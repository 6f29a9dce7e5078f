// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
package import MemoryRequests
import Quantities

extension DeviceTreeRequest {
  /// The base tree, completed with everything that is asked for, packed, and read back.
  ///
  /// - Parameter base: a compiled tree with the root's cell counts, /cpus and the devices, but
  ///   without CPUs, memory and /reserved-memory.
  /// - Throws: `FDTError` where the base tree is damaged or already has a node that is to be added;
  ///   `DeviceTreeError` for a request that no tree can express, and where the finished tree, read
  ///   back, says anything else than the request.
  package func blob(completing base: [UInt8]) throws -> [UInt8] {
    try checkBounds()
    var builder = DeviceTreeBuilder(tree: try FlattenedTree(validating: base))
    // Each addition becomes the first of its kind, so what shall stand first comes last.
    try builder.writeChosen(bootArguments: bootArguments, initramfs: initramfs)
    try builder.writeReservedMemory(reservedMemory)
    try builder.writeConsumers(consumers, of: reservedMemory)
    try builder.writeBanks(banks)
    try builder.writeCPUs(compatible: cpuCompatible, count: cpuCount)
    try builder.writeReservations(memoryReservations)
    if let bus { try builder.write(bus) }
    try builder.tree.pack()
    let blob = builder.tree.blob
    try confirm(DeviceTreeContents(of: blob))
    return blob
  }

  private func checkBounds() throws(DeviceTreeError) {
    guard !banks.isEmpty else {
      throw .request(field: "banks", reason: "a guest needs at least one bank of memory")
    }
    guard 1...Self.maximumCPUCount ~= cpuCount else {
      throw .request(
        field: "cpus", reason: "\(cpuCount) CPUs: ask for 1 to \(Self.maximumCPUCount)")
    }
    try Self.check(bootArguments, limit: bootArgumentsLimit)
    try Self.check(reservedMemory)
  }

  static func check(_ bootArguments: String, limit: Int) throws(DeviceTreeError) {
    let length = bootArguments.utf8.count
    guard length <= limit else {
      throw .request(
        field: "bootargs",
        reason: "\(length) bytes, where the kernel keeps \(limit): shorten what is appended")
    }
  }

  /// A tree with further children of /reserved-memory, before its own.
  ///
  /// - Throws: as ``blob(completing:)``.
  package static func adding(_ regions: [ReservedRegion], to blob: [UInt8]) throws -> [UInt8] {
    guard !regions.isEmpty else { return blob }
    try check(regions)
    var builder = DeviceTreeBuilder(tree: try FlattenedTree(validating: blob))
    try builder.writeReservedMemory(regions)
    try builder.tree.pack()
    return builder.tree.blob
  }

  static func check(_ regions: [ReservedRegion]) throws(DeviceTreeError) {
    for region in regions where region.name.contains("@") {
      throw .request(
        field: "reserved-memory",
        reason: "'\(region.name)': leave the unit address to the region's first address")
    }
  }
}

/// A tree in the making.
struct DeviceTreeBuilder {
  var tree: FlattenedTree

  /// Sets the properties so that they stand in this order, before those that are there already.
  mutating func write(
    _ properties: [(name: String, value: PropertyValue)], to node: NodePath
  ) throws {
    for property in properties.reversed() {
      try tree.set(property.name, of: node, to: property.value)
    }
  }

  mutating func addNode(
    _ name: String, under parent: NodePath, _ properties: [(name: String, value: PropertyValue)]
  ) throws {
    try write(properties, to: try tree.addNode(name, under: parent))
  }

  mutating func write(_ bus: DeviceBus) throws {
    guard try tree.hasNode(DeviceBus.node) else {
      throw DeviceTreeError.missing(property: "\(DeviceBus.node)")
    }
    try tree.set("ranges", of: DeviceBus.node, to: .cells(try bus.windows()))
    if let reach = try bus.reach() {
      try tree.set("dma-ranges", of: DeviceBus.node, to: .cells(reach))
    }
  }

  mutating func writeBanks(_ banks: [PhysicalRange]) throws {
    let cells = try CellCounts(of: .root, in: tree)
    for bank in banks.reversed() {
      let name = "memory@\(String(bank.start.value, radix: 16))"
      try addNode(
        name, under: .root,
        [
          ("device_type", .string("memory")),
          ("reg", .cells(try cells.encode([bank], property: "/\(name):reg"))),
        ])
    }
  }

  /// A CPU's `reg` is its MPIDR affinity.
  ///
  /// QEMU's virt machine with a GICv2 counts the first eight in affinity level 0 (hw/arm/virt.c, virt_cpu_mp_affinity).
  mutating func writeCPUs(compatible: String, count: Int) throws {
    let parent: NodePath = "/cpus"
    let cells = try CellCounts(of: parent, in: tree, sizes: 0...0)
    for index in (0..<count).reversed() {
      let name = "cpu@\(String(index, radix: 16))"
      let reg = try CellCounts.encode(
        UInt64(index), in: cells.address, property: parent.child(name).property("reg"))
      try addNode(
        name, under: parent,
        [
          ("device_type", .string("cpu")), ("compatible", .string(compatible)),
          ("reg", .cells(reg)),
        ] + (count > 1 ? [("enable-method", .string("psci"))] : []))
    }
  }

  /// The command line and the initramfs; the tree's own, and its random seeds, go away.
  mutating func writeChosen(bootArguments: String, initramfs: PhysicalRange?) throws {
    let chosen: NodePath = "/chosen"
    if try !tree.hasNode(chosen) { try tree.addNode("chosen", under: .root) }
    let stale =
      DeviceTreeContents.seedNames + ["bootargs", "linux,initrd-start", "linux,initrd-end"]
    for name in try tree.properties(of: chosen) where stale.contains(name) {
      try tree.remove(name, of: chosen)
    }
    var properties: [(name: String, value: PropertyValue)] = [
      ("bootargs", .string(bootArguments))
    ]
    if let initramfs {
      guard let end = initramfs.start.advanced(by: initramfs.size) else {
        throw DeviceTreeError.request(
          field: "initrd", reason: "\(initramfs) has no end address that fits in 64 bits")
      }
      for (name, address) in [
        ("linux,initrd-start", initramfs.start), ("linux,initrd-end", end),
      ] {
        let cells = try CellCounts.encode(address.value, in: 2, property: chosen.property(name))
        properties.append((name, .cells(cells)))
      }
    }
    try write(properties, to: chosen)
  }

  /// The node only when there is something to put in it, and in an own tree the one that is there.
  ///
  /// It has the root's cell counts and an empty
  /// `ranges`, without which the kernel ignores all of it.
  mutating func writeReservedMemory(_ regions: [ReservedRegion]) throws {
    guard !regions.isEmpty else { return }
    let cells = try CellCounts(of: .root, in: tree)
    let parent = DeviceTreeContents.ReservedMemory.node
    if try !tree.hasNode(parent) {
      try addNode(
        "reserved-memory", under: .root,
        [
          ("#address-cells", .cells([UInt32(cells.address)])),
          ("#size-cells", .cells([UInt32(cells.size)])),
          ("ranges", .flag),
        ])
    }
    for region in regions.reversed() {
      let place = parent.child(region.nodeName)
      try addNode(
        region.nodeName, under: parent,
        try Self.properties(of: region, at: place, cells: cells))
    }
  }

  /// `size` has the root's size cells and `alignment` the root's address cells
  /// (drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size).
  static func properties(
    of region: ReservedRegion, at node: NodePath, cells: CellCounts
  ) throws -> [(name: String, value: PropertyValue)] {
    var properties: [(name: String, value: PropertyValue)] = []
    if !region.compatible.isEmpty { properties.append(("compatible", .strings(region.compatible))) }
    switch region.placement {
    case .fixed(let ranges):
      let reg = try cells.encode(ranges, property: node.property("reg"))
      properties.append(("reg", .cells(reg)))
    case .dynamic(let size, let alignment, let within):
      let sizeCells = try CellCounts.encode(
        size.bytes, in: cells.size, property: node.property("size"))
      properties.append(("size", .cells(sizeCells)))
      if let alignment {
        let alignmentCells = try CellCounts.encode(
          alignment.bytes, in: cells.address, property: node.property("alignment"))
        properties.append(("alignment", .cells(alignmentCells)))
      }
      if !within.isEmpty {
        let ranges = try cells.encode(within, property: node.property("alloc-ranges"))
        properties.append(("alloc-ranges", .cells(ranges)))
      }
    }
    if region.isReusable { properties.append(("reusable", .flag)) }
    if region.isNoMap { properties.append(("no-map", .flag)) }
    if region.isLinuxCMADefault { properties.append(("linux,cma-default", .flag)) }
    return properties
  }

  /// Each consumer's node, and the phandle of the region that it refers to.
  ///
  /// - Parameter regions: those of the request, already written.
  mutating func writeConsumers(_ consumers: [Consumer], of regions: [ReservedRegion]) throws {
    for consumer in consumers.reversed() {
      var properties: [(name: String, value: PropertyValue)] = [
        ("compatible", .string(Consumer.compatible)), ("dma-coherent", .flag),
      ]
      if let name = consumer.region {
        guard let place = regions.firstIndex(where: { $0.name == name }) else {
          throw DeviceTreeError.request(
            field: "consumers", reason: "'\(consumer.name)' refers to no region '\(name)'")
        }
        let phandle = Self.firstPhandle + UInt32(place)
        let node = DeviceTreeContents.ReservedMemory.node.child(regions[place].nodeName)
        try tree.set("phandle", of: node, to: .cells([phandle]))
        properties.append(("memory-region", .cells([phandle])))
      }
      try addNode(consumer.name, under: .root, properties)
    }
  }

  /// Above those that dtc gives the nodes of a base tree, which it counts from 1.
  private static let firstPhandle: UInt32 = 0x1000

  mutating func writeReservations(_ ranges: [PhysicalRange]) throws {
    for range in ranges {
      try tree.add(MemoryReservation(address: range.start.value, byteCount: range.size.bytes))
    }
  }
}
