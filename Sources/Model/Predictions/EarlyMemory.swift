// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// What a kernel finds when it starts: all that decides where its pools go, besides itself.
package struct EarlyMemory: Hashable, Sendable {
  /// RAM, in the order of the device tree.
  package var banks: [PhysicalRange]
  /// `/memreserve/` entries.
  package var memoryReservations: [PhysicalRange]
  /// /reserved-memory; nil where there is none.
  package var reservedMemory: ReservedMemory?
  package var deviceTree: PhysicalRange
  package var initramfs: PhysicalRange?
  /// Where the image's first byte lies.
  package var kernel: PhysicalAddress
  package var commandLine: String
  /// The highest address that every bus's `dma-ranges` lets through
  /// (drivers/of/address.c, of_dma_get_max_cpu_address); nil without any.
  package var dmaLimit: PhysicalAddress?
  /// The first address that the machine's DMA engines do not reach: what its `dma_zone_size` says, on
  /// 32-bit ARM alone (arch/arm/include/asm/mach/arch.h, struct machine_desc); nil for a machine
  /// without.
  package var machineDMALimit: PhysicalAddress?
  /// What a crashed kernel hands to this one.
  package var capture: CaptureKernel
  /// What the tree needs once it is unflattened.
  package var tree: TreeShape
  /// Where the data of the machine's one node lie, of a kernel with CONFIG_NUMA that has said so; nil for
  /// where the model comes to.
  package var nodeData: PhysicalRange?

  package init(
    banks: [PhysicalRange], memoryReservations: [PhysicalRange] = [],
    reservedMemory: ReservedMemory? = nil, deviceTree: PhysicalRange,
    initramfs: PhysicalRange? = nil, kernel: PhysicalAddress, commandLine: String,
    dmaLimit: PhysicalAddress? = nil, machineDMALimit: PhysicalAddress? = nil,
    capture: CaptureKernel = CaptureKernel(), tree: TreeShape = TreeShape()
  ) {
    self.banks = banks
    self.memoryReservations = memoryReservations
    self.reservedMemory = reservedMemory
    self.deviceTree = deviceTree
    self.initramfs = initramfs
    self.kernel = kernel
    self.commandLine = commandLine
    self.dmaLimit = dmaLimit
    self.machineDMALimit = machineDMALimit
    self.capture = capture
    self.tree = tree
  }

  /// What /chosen tells a kernel that is started to save the memory of a crashed one
  /// (Documentation/devicetree/bindings/chosen.txt).
  package struct CaptureKernel: Hashable, Sendable {
    /// `linux,usable-memory-range`: what of RAM it may use; empty where all of it.
    package var usableRanges: [Entry]
    /// `linux,elfcorehdr`: where the description of the crashed kernel's memory lies.
    package var elfCoreHeader: Entry?
    /// Which of the two properties is not a whole number of entries; nil where neither is.
    package var malformedProperty: String?

    package init(
      usableRanges: [Entry] = [], elfCoreHeader: Entry? = nil, malformedProperty: String? = nil
    ) {
      self.usableRanges = usableRanges
      self.elfCoreHeader = elfCoreHeader
      self.malformedProperty = malformedProperty
    }
  }

  /// /reserved-memory, as the kernel reads it.
  package struct ReservedMemory: Hashable, Sendable {
    /// Whether it has the root's cell counts and `ranges`; without them all of it is ignored.
    package var isSupported: Bool
    package var nodes: [Node]

    package init(isSupported: Bool = true, nodes: [Node]) {
      self.isSupported = isSupported
      self.nodes = nodes
    }
  }

  /// An available child of /reserved-memory.
  package struct Node: Hashable, Sendable {
    /// What says where it goes.
    package enum Placement: Hashable, Sendable {
      /// `reg`, its entries as they stand there.
      case fixed([Entry])
      /// A `reg` that is no whole number of entries.
      case malformedFixed
      case dynamic(size: UInt64, alignment: UInt64?, within: [Entry]?)
      /// `size` with other than the root's number of size cells.
      case malformedSize
      case malformedAlignment
      /// An `alloc-ranges` that is no whole number of entries.
      case malformedRanges(size: UInt64, alignment: UInt64?)
      /// Neither `reg` nor `size`.
      case nowhere
    }

    /// With its unit address.
    package var name: String
    package var placement: Placement
    package var isSharedPool: Bool
    package var isReusable: Bool
    package var isNoMap: Bool
    package var isDefault: Bool

    package init(
      name: String, placement: Placement, isSharedPool: Bool = false, isReusable: Bool = false,
      isNoMap: Bool = false, isDefault: Bool = false
    ) {
      self.name = name
      self.placement = placement
      self.isSharedPool = isSharedPool
      self.isReusable = isReusable
      self.isNoMap = isNoMap
      self.isDefault = isDefault
    }

    /// Whether it is to become a CMA pool.
    package var isPool: Bool { isSharedPool && isReusable && !isNoMap }
  }

  /// An address and a size, which may be 0 and may wrap.
  package struct Entry: Hashable, Sendable {
    package var start: UInt64
    package var size: UInt64

    package init(start: UInt64, size: UInt64) {
      self.start = start
      self.size = size
    }
  }
}

/// The nodes of a device tree, as far as their number and the length of their names decide how much
/// memory the unflattened tree takes (drivers/of/fdt.c, unflatten_dt_nodes).
package struct TreeShape: Hashable, Sendable {
  package struct Node: Hashable, Sendable {
    /// Bytes of the name with its unit address, and of the part before the `@`.
    package var nameBytes: Int
    package var baseNameBytes: Int
    package var propertyCount: Int
    /// Whether there is a property `name`; without it the kernel makes one.
    package var hasName: Bool

    package init(nameBytes: Int, baseNameBytes: Int, propertyCount: Int, hasName: Bool) {
      self.nameBytes = nameBytes
      self.baseNameBytes = baseNameBytes
      self.propertyCount = propertyCount
      self.hasName = hasName
    }
  }

  package var nodes: [Node]
  /// Of each property of /aliases that names a node and ends in a number, the bytes before that
  /// number (drivers/of/base.c, of_alias_scan).
  package var aliasStemBytes: [Int]
  /// Children of /cpus with `device_type = "cpu"`.
  package var cpuCount: Int
  /// Whether memory or CPUs belong to nodes: `numa-node-id`.
  package var hasNUMANodes: Bool

  package init(
    nodes: [Node] = [], aliasStemBytes: [Int] = [], cpuCount: Int = 1, hasNUMANodes: Bool = false
  ) {
    self.nodes = nodes
    self.hasNUMANodes = hasNUMANodes
    self.cpuCount = cpuCount
    self.aliasStemBytes = aliasStemBytes
  }

  /// What is allocated for the nodes, in bytes.
  ///
  /// - Parameters: sizeof struct device_node and struct property.
  func unflattenedBytes(nodeBytes: UInt64, propertyBytes: UInt64) -> UInt64 {
    func aligned(_ value: UInt64) -> UInt64 { (value + 7) & ~7 }
    var bytes: UInt64 = 0
    for node in nodes {
      bytes = aligned(bytes) + nodeBytes + UInt64(node.nameBytes) + 1
      for _ in 0..<node.propertyCount { bytes = aligned(bytes) + propertyBytes }
      if !node.hasName {
        bytes = aligned(bytes) + propertyBytes + UInt64(node.baseNameBytes) + 1
      }
    }
    // A magic number behind it (__unflatten_device_tree).
    return (bytes + 3) & ~3 + 4
  }
}
