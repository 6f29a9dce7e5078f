// SPDX-License-Identifier: Apache-2.0
package import MemoryRequests
package import Quantities

/// What a kernel will make of its early memory.
package struct Prediction: Hashable, Sendable {
  /// What decides about the default pool, and with which outcome.
  package enum Basis: Hashable, Sendable {
    /// `cma=`, and `cma=0`.
    case commandLine
    case commandLineZero
    /// A node with `linux,cma-default` that became a pool.
    case deviceTree
    /// CONFIG_CMA_SIZE_…
    case kconfig
    /// A node with `linux,cma-default` that is refused, and nothing else asks for a pool.
    case refusedNode
    /// Nothing asks for a pool.
    case nothing
    /// The kernel makes none: CONFIG_DMA_CMA is off.
    case noPools
    /// The boot ends before.
    case undecided
  }

  /// A CMA area.
  package struct Pool: Hashable, Sendable {
    /// `reserved` for the one that the kernel places itself, else the node's name.
    package var name: String
    package var range: PhysicalRange
    /// Whether it is the default pool of devices without one of their own.
    package var isDefault: Bool
    /// Whether its pages can be allocated: an area over two zones is given up.
    package var isActive: Bool
    /// Whether no node asks for it, but `cma=` or the configuration.
    package var isPlacedByKernel: Bool
    /// The kernel's words as it places it; nil for a node's.
    package var message: String?

    package init(
      name: String, range: PhysicalRange, isDefault: Bool, isActive: Bool,
      isPlacedByKernel: Bool = false, message: String? = nil
    ) {
      self.name = name
      self.range = range
      self.isDefault = isDefault
      self.isActive = isActive
      self.isPlacedByKernel = isPlacedByKernel
      self.message = message
    }
  }

  /// What becomes of a child of /reserved-memory.
  package struct Region: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
      case pool(PhysicalRange)
      /// A pool of the DMA API that is not CMA's: `shared-dma-pool` without `reusable`.
      case coherentPool(PhysicalRange)
      /// Set aside and not mapped.
      case carveOut(PhysicalRange)
      /// Set aside.
      case reserved(PhysicalRange)
      /// Given up.
      case refused(RegionRefusal)
    }

    package var name: String
    package var outcome: Outcome
    /// The kernel's first words with which it refuses the region by name; nil where it has none.
    package var message: String?
  }

  /// What becomes of the memory that `crashkernel=` asks for.
  package enum CrashKernel: Hashable, Sendable {
    /// `low`: what it gets below the DMA limit besides a place above it.
    case reserved(PhysicalRange, low: PhysicalRange?)
    /// The kernel's words, or why it says nothing.
    case refused(String)

    /// Whether there is none.
    package var isRefused: Bool {
      guard case .refused = self else { return false }
      return true
    }
  }

  /// A range of RAM that was taken, in the order in which that happened.
  package struct Reservation: Hashable, Sendable {
    package var owner: Owner
    package var range: PhysicalRange
  }

  /// That the kernel refuses the default pool.
  package struct Refusal: Hashable, Sendable {
    package var cause: PoolRefusal
    /// The kernel's words.
    package var message: String
  }

  /// An end of the boot that comes of the pools, or of how RAM lies.
  package enum Fatality: String, Hashable, Sendable, Codable {
    /// mm/oom_kill.c: `System is deadlocked on memory`, or another panic of a kernel without memory.
    case outOfMemory = "out-of-memory"
    /// The memory map of 7.2 does not fit besides the pool: a fault in the idle task.
    case noMemoryMap = "no-memory-map"
    /// A reservation without which no kernel starts: a table, the memory map.
    case earlyAllocation = "early-allocation"
    /// Two ranges of RAM meet in what can only be mapped once. On 32-bit ARM without LPAE one ends in
    /// the first half of 2 MiB, and the next begins in the second half at what is no multiple of 1 MiB
    /// (arch/arm/mm/mmu.c, arm_pte_alloc). On arm64 a no-map region within one page parts them, at the
    /// border of a block of pages (arch/arm64/mm/mmu.c, pgattr_change_is_safe).
    case mixedMapping = "mixed-mapping"
    /// 32-bit ARM maps lowmem of each pool anew for DMA, before there are vectors (arch/arm/mm/dma-mapping.c,
    /// dma_contiguous_remap), and some kernels that of a region that was given up as well: two of them share
    /// memory (the BUG_ON of mm/vmalloc.c, vm_area_add_early), or the tables are taken out of the memory whose
    /// mapping they are to be.
    case dmaRemapping = "dma-remapping"
    /// All of RAM is handed to the page allocator, what is in use included: a free range that begins
    /// in the last page of 32 bits has page 0 for its first one (PFN_UP wraps; mm/memblock.c,
    /// __free_memory_core; arch/arm/mm/init.c, free_highpages).
    case allMemoryFreed = "all-memory-freed"
  }

  /// What the kernel does not check, and after which nothing that it does can be relied on.
  package enum Hazard: String, Hashable, Sendable, Codable {
    /// Pages of the kernel itself are handed to the page allocator.
    case poolOverKernel = "pool-over-kernel"
    /// Pages that do not exist are handed to the page allocator.
    case poolOutsideMemory = "pool-outside-memory"
    /// A page is handed to the page allocator twice.
    case poolsOverlap = "pools-overlap"
    /// The initramfs or the device tree lies in a pool.
    case poolOverBootData = "pool-over-boot-data"
    /// A region that the kernel refuses takes the reservation of what else lies there with it.
    case othersGivenAway = "others-given-away"
    /// Memory that the kernel uses is not in its mapping: on 32-bit ARM what is in the 2 MiB of a region
    /// that is mapped for DMA (arch/arm/mm/dma-mapping.c, dma_contiguous_remap); a no-map region that
    /// is refused after everything has been mapped (drivers/of/of_reserved_mem.c,
    /// fdt_init_reserved_mem_node); and one over the initramfs or the kernel, of which nobody asks whether
    /// it is in use (drivers/of/fdt.c, early_init_dt_reserve_memory_arch of 5.4, and of 5.15).
    case unmappedMemory = "unmapped-memory"
    /// So little RAM is left that it depends on luck whether the guest lives.
    case littleMemory = "little-memory"
  }

  /// A pool that has a hazard.
  package struct Exposure: Hashable, Sendable {
    package var hazard: Hazard
    package var pool: String
    package var range: PhysicalRange
    /// What the pool covers; nil for what is not there.
    package var other: String?
  }

  /// The line whose rules were followed, and the release on which they were checked.
  package var line: String
  package var checkedRelease: String
  /// What decides about the default pool.
  package var basis: Basis
  /// In the order in which the kernel makes them.
  package var pools: [Pool] = []
  /// Nil where the default pool was not refused.
  package var refusal: Refusal?
  package var regions: [Region] = []
  /// Nil where nothing asks for one, or the kernel has no such parameter.
  package var crashKernel: CrashKernel?
  package var reservations: [Reservation] = []
  /// Free RAM once the pools are placed, by address.
  package var holes: [PhysicalRange] = []
  /// What the kernel will say of its pools and regions, without level and time.
  package var messages: [String] = []
  package var fatality: Fatality?
  package var hazards: [Hazard] = []
  /// The pools that have them.
  package var exposures: [Exposure] = []
  /// What keeps the default pool from being larger; nil where there is none.
  package var blocker: PoolBlocker?
  /// CMA_MIN_ALIGNMENT_BYTES.
  package var alignment: ByteCount
  /// Where the search for the default pool ends.
  package var limit: PhysicalAddress?
  /// RAM that is left for everything else.
  package var freeBytes: ByteCount = .zero
  package var assumptions: [String] = []
  /// What its messages mean where they sound worse, or better, than they are; one sentence each.
  package var remarks: [String] = []
  /// Why it cannot be predicted; nil for a prediction to rely on.
  package var unknown: String?

  /// Which setting decides about the default pool; nil where none asks for one, or the kernel has no
  /// pools.
  package var setting: PoolWay? { basis.way }

  /// Why that setting decides, and why its pool is refused if it is, in a sentence.
  package var reason: String {
    "\(basis)" + (refusal.map { "; it is refused: \($0.cause)" } ?? "")
  }

  /// The pool of devices without one of their own.
  package var defaultPool: Pool? { pools.first { $0.isDefault } }

  /// CmaTotal.
  package var totalBytes: ByteCount

  package init(
    line: String, checkedRelease: String, basis: Basis, alignment: ByteCount,
    assumptions: [String] = [], totalBytes: ByteCount
  ) {
    self.line = line
    self.checkedRelease = checkedRelease
    self.basis = basis
    self.alignment = alignment
    self.assumptions = assumptions
    self.totalBytes = totalBytes
  }
}

extension Prediction.Basis {
  package var way: PoolWay? {
    switch self {
    case .commandLine, .commandLineZero: .commandLine
    case .deviceTree: .deviceTree
    case .kconfig: .kconfig
    case .refusedNode, .nothing, .noPools, .undecided: nil
    }
  }
}

extension Prediction.Basis: CustomStringConvertible {
  package var description: String {
    switch self {
    case .commandLine: "cma= on the command line overrides the device tree and Kconfig"
    case .commandLineZero: "cma=0 asks for no default pool"
    case .deviceTree: "a node with linux,cma-default overrides Kconfig"
    case .kconfig: "nothing but the kernel's configuration asks for a default pool"
    case .refusedNode:
      "the node with linux,cma-default is refused, and nothing else asks for a default pool"
    case .nothing: "no setting asks for a default pool"
    case .noPools: "the kernel is built without CONFIG_DMA_CMA"
    case .undecided: ""
    }
  }
}
