// SPDX-License-Identifier: Apache-2.0

/// What the rules can be.
extension KernelRules {
  /// What the default pool comes before or after.
  package enum PoolTime: String, Hashable, Sendable {
    /// Before the kernel maps RAM, with all of it below 4 GiB for the limit.
    case beforePaging = "before RAM is mapped"
    /// After sparse_init, which takes the memory map.
    case afterMemoryMap = "after the memory map"
    /// Before it.
    case beforeMemoryMap = "before the memory map"
  }

  package enum OverriddenDefault: String, Hashable, Sendable {
    /// The node takes precedence.
    case never
    /// rmem_cma_setup refuses it, and its memory is given back.
    case whenSetUp = "when it is set up"
    /// __reserved_mem_reserve_reg leaves it out; later on that is not said again.
    case whenReserved = "when it is reserved"
    /// fdt_validate_reserved_mem_node leaves it out where it would become a pool.
    case whenValidated = "when it is validated"
  }

  enum ZoneLimit: String, Hashable, Sendable {
    /// max_zone_phys(bits): 4 GiB above the 4 GiB boundary below the start of RAM.
    case fourGiBFromStart = "4 GiB from the start of RAM"
    /// max_zone_phys(bits): rounded up to a power of two, none where RAM starts above 4 GiB.
    case powerOfTwo = "rounded up to a power of two"
    /// max_zone_phys(limit).
    case exact = "to the byte"
  }

  enum HighSearch: String, Hashable, Sendable {
    case never
    /// cma_declare_contiguous_nid: where RAM ends 4 GiB above the pool's size.
    case endOfMemory = "where RAM ends 4 GiB above its size"
    /// cma_alloc_mem: where the pool's limit lies 4 GiB above its size.
    case limit = "where its limit is 4 GiB above its size"
  }

  enum BoundaryCheck: String, Hashable, Sendable {
    case always
    case withHighMemory = "with CONFIG_HIGHMEM"
  }

  enum FullListMessage: String, Hashable, Sendable {
    case old = "not enough space all defined regions."
    case plain = "not enough space for all defined regions."
    /// And the node's name.
    case named = "not enough space for all defined regions, skip"
  }

  enum CoherentPoolUnit: String, Hashable, Sendable {
    case mebibytes = "MiB"
    case kibibytes = "KiB"
  }

  enum StaticNoMap: String, Hashable, Sendable {
    /// Out of RAM (memblock_remove).
    case removed
    /// Marked, unless a part of it is reserved.
    case markedUnlessReserved = "marked, unless a part is reserved"
    case marked
    /// Marked, unless a part of it is both RAM and reserved.
    case markedUnlessReservedRAM = "marked, unless a part is reserved RAM"
  }

  enum NeedlessBounces: String, Hashable, Sendable {
    case none
    /// As where they are needed (IO_TLB_DEFAULT_SIZE).
    case full = "64 MiB"
    /// swiotlb_adjust_size.
    case small = "1 MiB a GiB of RAM"
  }

  enum RegionOrder: String, Hashable, Sendable {
    /// fdt_init_reserved_mem: all reserved in the tree's order, then sorted by address with those
    /// without a place first, then set up.
    case sorted = "all reserved, then sorted and set up"
    /// fdt_scan_reserved_mem: static ones are reserved, dynamic ones placed and set up, and static ones
    /// set up when the tree is unflattened.
    case staticFirst = "static ones reserved, dynamic ones set up, then static ones"
  }

  enum RegionSort: String, Hashable, Sendable {
    case oneAtATime = "one at a time"
    case twoAtATime = "the two largest at a time"
  }

  enum DynamicNoMap: String, Hashable, Sendable {
    /// Out of RAM (memblock_remove); memblock_add gives it back.
    case removed
    /// Reserved, and marked (memblock_mark_nomap); memblock_clear_nomap gives it back.
    case marked
  }

  enum RegionArray: String, Hashable, Sendable {
    case fixed
    /// As long as there are nodes (alloc_reserved_mem_array).
    case allocated
  }

  enum CrashKernelCMA: String, Hashable, Sendable {
    /// A size followed by what is not one: malformed.
    case size = "malformed"
    /// None of the others, and without effect on arm64.
    case ignored
    /// It asks for CMA pools.
    case pools
  }

  enum CrashKernelSearch: String, Hashable, Sendable {
    /// Below the DMA limit; a given place is looked at first.
    case lowChecked = "below the DMA limit, a given place checked"
    /// Below the DMA limit.
    case low = "below the DMA limit"
    /// There, and with `,high` anywhere.
    case lowUnlessHigh = "below the DMA limit, with ',high' anywhere"
    /// On one side of the DMA limit, and where that has no room, on the other.
    case bothSides = "on one side of the DMA limit, else on the other"
  }

  enum CrashKernelOption: String, Hashable, Sendable {
    /// CONFIG_KEXEC_CORE, which CONFIG_KEXEC and CONFIG_KEXEC_FILE select.
    case kexec = "KEXEC_CORE"
    /// CONFIG_CRASH_RESERVE, which CONFIG_CRASH_DUMP selects.
    case crashReserve = "CRASH_RESERVE"
  }

  enum ElfCoreHeaderTime: String, Hashable, Sendable {
    /// arm64_memblock_init.
    case afterRegions = "after the regions"
    /// early_init_fdt_scan_reserved_mem, after fdt_scan_reserved_mem.
    case afterStaticRegions = "after the static regions"
    /// early_init_fdt_scan_reserved_mem, first of all.
    case first = "before the regions"
  }

  enum LinearMap: String, Hashable, Sendable {
    /// Blocks, unless RODATA_FULL or another checker asks for pages.
    case configured = "blocks, unless a checker asks for pages"
    /// force_pte_mapping: pages on every CPU without BBML2_NOABORT.
    case pages
  }

  enum VmemmapPlace: String, Hashable, Sendable {
    /// `-VMEMMAP_SIZE - SZ_2M`.
    case belowTwoMebibytes = "below the last 2 MiB"
    /// `-(1 << (VA_BITS - VMEMMAP_SHIFT))`: the linear map's image.
    case projection = "a projection of the linear map"
    /// `-SZ_1G - VMEMMAP_SIZE`.
    case belowOneGibibyte = "below the last 1 GiB"
  }

  enum FixmapPlace: String, Hashable, Sendable {
    /// Below the 16 MiB of PCI I/O space that lie below the memory map.
    case belowIOSpace = "below PCI I/O space"
    /// `VMEMMAP_START - SZ_32M`.
    case belowMemoryMap = "32 MiB below the memory map"
    /// `-SZ_8M`.
    case top = "below the last 8 MiB"
  }

  enum PoolAnnouncement: String, Hashable, Sendable {
    /// rmem_cma_setup, in kernel/dma/contiguous.c.
    case whenMade = "once it is a pool"
    /// __reserved_mem_reserve_reg and __reserved_mem_alloc_size, in drivers/of/of_reserved_mem.c.
    case whenPlaced = "once it has a place"
    /// There, by rmem_cma_fixup: not of what cannot become a pool.
    case whenPlacedAndVerified = "once it has a place and can be a pool"
  }

  struct SectionBits: Hashable, Sendable {
    /// With 4 KiB and 16 KiB pages.
    let small: UInt64
    /// With 64 KiB pages.
    let large: UInt64
  }
}

extension KernelRules.SectionBits: CustomStringConvertible {
  var description: String { "\(small), \(large)" }
}
