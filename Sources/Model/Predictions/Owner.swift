// SPDX-License-Identifier: Apache-2.0

/// Whose a reservation is.
package enum Owner: Hashable, Sendable {
  case kernel
  case deviceTree
  case initramfs
  /// What describes the memory of a crashed kernel.
  case elfCoreHeader
  /// An entry of `/memreserve/`.
  case memoryReservation
  /// A child of /reserved-memory, by its name with its unit address.
  case region(String)
  /// The array of such regions, where it is allocated.
  case regionArray
  case pageTables
  case unflattenedTree
  case aliases
  case memoryMap
  /// What a kernel with CONFIG_NUMA takes for a node.
  case nodeData
  /// What KFENCE guards.
  case fencePool
  /// The pool that the kernel places itself.
  case defaultPool
  /// Highmem that a search found for a pool, and that the next search forgot.
  case lostHighMemory
  case crashKernel
  /// What a crash kernel above the DMA limit gets below it.
  case crashKernelLowMemory
  case bounceBuffers
  case bounceBufferSlots
  case vectors
  case zeroPage
  case resources
}

extension Owner: CustomStringConvertible {
  /// As records name it: `region video@40000000`, `page tables`.
  package var description: String {
    switch self {
    case .kernel: "kernel"
    case .deviceTree: "device tree"
    case .initramfs: "initramfs"
    case .elfCoreHeader: "ELF core header"
    case .memoryReservation: "/memreserve/"
    case .region(let name): "region \(name)"
    case .regionArray: "region array"
    case .pageTables: "page tables"
    case .unflattenedTree: "unflattened device tree"
    case .aliases: "device tree aliases"
    case .memoryMap: "memory map"
    case .nodeData: "node data"
    case .fencePool: "KFENCE's pool"
    case .defaultPool: "default pool"
    case .lostHighMemory: "highmem that a pool gave up"
    case .crashKernel: "crash kernel"
    case .crashKernelLowMemory: "crash kernel's low memory"
    case .bounceBuffers: "bounce buffers"
    case .bounceBufferSlots: "slots of the bounce buffers"
    case .vectors: "vectors"
    case .zeroPage: "zero page"
    case .resources: "resources"
    }
  }
}

/// What keeps the default pool from being larger.
package enum PoolBlocker: Hashable, Sendable {
  /// What lies right below it.
  case reservation(Owner)
  case endOfLowMemory
  case startOfBank
  /// The `alloc-ranges` of its node begin there.
  case startOfWindow
}

extension PoolBlocker: CustomStringConvertible {
  package var description: String {
    switch self {
    case .reservation(let owner): "\(owner)"
    case .endOfLowMemory: "the end of lowmem"
    case .startOfBank: "the start of the bank"
    case .startOfWindow: "its alloc-ranges"
    }
  }
}
