// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// How a kernel line treats early memory: every rule that differs between the lines that cmalab
/// knows. To know another line is to write another of these.
package struct KernelProfile: Hashable, Sendable {
  /// What the default pool comes before or after.
  package enum PoolTime: Hashable, Sendable {
    /// arch/arm64/mm/init.c, bootmem_init, up to 6.18: sparse_init has taken the memory map.
    case afterMemoryMap
    /// The same function since 6.19: the memory map comes later.
    case beforeMemoryMap
  }

  /// How the limit of the DMA zone follows from what devices reach.
  package enum ZoneLimit: Hashable, Sendable {
    /// arch/arm64/mm/init.c, max_zone_phys(bits): rounded up to a power of two, none where RAM
    /// starts above 4 GiB.
    case powerOfTwo
    /// max_zone_phys(limit), since 6.9: to the byte.
    case exact
  }

  /// Where a large pool is looked for above 4 GiB first (mm/cma.c).
  package enum HighSearch: Hashable, Sendable {
    /// 5.10: never.
    case none
    /// cma_declare_contiguous_nid of 6.1 and 6.12: where RAM ends 4 GiB above the pool's size.
    case endOfMemory
    /// cma_alloc_mem of 7.2: where the pool's limit lies 4 GiB above its size.
    case limit
  }

  /// In which order the children of /reserved-memory are looked at.
  package enum RegionOrder: Hashable, Sendable {
    /// drivers/of/of_reserved_mem.c, fdt_init_reserved_mem, up to 6.11: all reserved in the tree's
    /// order, then sorted by address with those without a place first, then set up.
    case sorted
    /// fdt_scan_reserved_mem since 6.12: static ones are reserved, dynamic ones placed and set up,
    /// and static ones set up when the tree is unflattened.
    case staticFirst
  }

  /// What the linear map of RAM is made of.
  package enum LinearMap: Hashable, Sendable {
    /// Blocks, unless RODATA_FULL or another checker asks for pages.
    case configured
    /// arch/arm64/mm/mmu.c, force_pte_mapping of 7.2: pages on every CPU without BBML2_NOABORT.
    case pages
  }

  /// Where memory for a crash kernel is looked for.
  package enum CrashKernelSearch: Hashable, Sendable {
    /// arch/arm64/mm/init.c, reserve_crashkernel of 5.10: below the DMA limit.
    case low
    /// The same function of 6.1: there, and with `,high` anywhere.
    case lowUnlessHigh
    /// kernel/crash_reserve.c, reserve_crashkernel_generic, since 6.7: on one side of the DMA limit,
    /// and where that has no room, on the other.
    case bothSides
  }

  /// The line's name: `6.1`.
  package let line: String
  /// The release on which this profile was compared with running guests.
  package let checkedRelease: String
  /// The same for 32-bit ARM; nil where no such guest was compared.
  package var checkedARMRelease: String?
  package let poolTime: PoolTime
  package let zoneLimit: ZoneLimit
  package let highSearch: HighSearch
  package let regionOrder: RegionOrder
  package let crashKernelSearch: CrashKernelSearch
  /// To what RAM is rounded up for `crashkernel=range:size`, in bytes (kernel/crash_core.c, since 6.9
  /// kernel/crash_reserve.c, parse_crashkernel_mem; not at all on 5.10).
  package let crashKernelMemoryUnit: UInt64
  /// Whether `crashkernel=size,cma` is none of the others (kernel/crash_reserve.c,
  /// get_last_crashkernel, since 6.17); on arm64 it has no effect.
  package let passesOverCrashKernelCMA: Bool
  /// Whether regions of one place and size keep the tree's order (of_reserved_mem.c, __rmem_cmp).
  package let ordersEqualRegions: Bool
  /// Whether `/memreserve/` is reserved before the children of /reserved-memory
  /// (drivers/of/fdt.c, early_init_fdt_scan_reserved_mem).
  package let memreserveFirst: Bool
  /// Whether a dynamic region next to an earlier one is taken from that side
  /// (drivers/of/of_reserved_mem.c, __reserved_mem_alloc_in_range).
  package let growsAlongRegions: Bool
  /// Whether a node is examined before anything is reserved for it, and only its first `reg` entry
  /// counts (fdt_validate_reserved_mem_node).
  package let validatesRegionsFirst: Bool
  /// Whether a dynamic region that is not to be mapped leaves RAM (memblock_remove).
  package let removesDynamicNoMap: Bool
  /// Whether a static region outside RAM may be marked no-map although something there is reserved
  /// (early_init_dt_reserve_memory).
  package let noMapOutsideMemory: Bool
  /// Whether pools are made of the buddy allocator's largest blocks even where pageblocks are smaller
  /// (mm/cma.c, cma_declare_contiguous_nid of 5.10; since 5.18 of pageblocks, include/linux/cma.h,
  /// CMA_MIN_ALIGNMENT_PAGES).
  package let largestOrderAligns: Bool
  /// Whether `cma=`'s own end replaces the DMA limit (dma_contiguous_reserve of 7.2).
  package let ownLimitReplaces: Bool
  /// Whether the kernel's messages show the size before it is rounded (mm/cma.c of 7.2).
  package let printsAskedSize: Bool
  /// Behind the size and address in `cma: Reserved …`.
  package let nodeSuffix: String
  /// Areas beyond CONFIG_CMA_AREAS (include/linux/cma.h, MAX_CMA_AREAS).
  package let extraAreas: Int
  /// Whether an area that crosses zones still counts in CmaTotal (cma_activate_area before 5.19).
  package let countsInactiveAreas: Bool
  /// Whether THP alone makes the pageblock that of a huge page (include/linux/pageblock-flags.h).
  package let hugePagesSetPageblock: Bool
  /// CONFIG_ARCH_FORCE_MAX_ORDER is one more than the largest order
  /// (include/linux/mmzone.h before 6.4).
  package let maxOrderIsExclusive: Bool
  /// Whether an arm64 image is reserved from `_stext` on, and not from `_text`
  /// (arch/arm64/mm/init.c, arm64_memblock_init).
  package let reservesFromStext: Bool
  /// Whether tables of the kernel's own mapping come out of free memory (arch/arm64/mm/mmu.c,
  /// map_kernel).
  package let mapsKernelEarly: Bool
  /// Whether those of the identity map do (the same file, create_idmap).
  package let mapsIdentityEarly: Bool
  package let linearMap: LinearMap
  /// Whether pages make up the memory map where a block does not fit (arch/arm64/mm/mmu.c, since 6.2
  /// mm/sparse-vmemmap.c, vmemmap_populate…; 5.10 goes without the section).
  package let mapsMemoryByPages: Bool
  /// Whether the tables of dentries and inodes are sized by what is free, and not by all RAM
  /// (mm/mm_init.c, calc_nr_kernel_pages).
  package let fileTablesFollowFreeMemory: Bool
  /// What else boot takes at least, in bytes, for each CPU and for watermarks apart: with less no
  /// guest has lived.
  package let leastBootBytes: UInt64
  /// What the lists of free pages of one CPU may hold, in bytes, at which no other CPU gets: a batch,
  /// doubled five times (mm/page_alloc.c, nr_pcp_alloc, since 6.7; seen on a guest of 7.2 that died
  /// with all its memory there). 0 where it is a few pages.
  package let pageListBytes: UInt64
  /// log2 of a section's bytes with 4 KiB and 16 KiB pages, and with 64 KiB
  /// (arch/arm64/include/asm/sparsemem.h).
  package let sectionBits: UInt64
  package let sectionBits64K: UInt64
  /// sizeof of struct device_node, property and reserved_mem with CONFIG_OF_KOBJ, without lockdep.
  package let deviceNodeBytes: UInt64
  package let propertyBytes: UInt64
  /// 0 where the array of regions is not allocated (alloc_reserved_mem_array).
  package let reservedMemBytes: UInt64
  /// sizeof of struct mem_section_usage without its pageblock bits, for 2 MiB subsections: this
  /// many bytes besides one bit a subsection.
  package let sectionUsageBytes: UInt64

  /// The profile of a release, and whether it is one of the lines that were checked.
  package static func profile(
    of release: KernelRelease
  ) -> (profile: KernelProfile, isChecked: Bool) {
    let fitting = all.last { $0.firstRelease <= release } ?? all[0]
    return (fitting, fitting.line == release.line)
  }

  /// The line's first: `6.1.0`.
  private var firstRelease: KernelRelease {
    let numbers = line.split(separator: ".").compactMap { Int($0) }
    return KernelRelease(major: numbers[0], minor: numbers[1])
  }

  package static let all: [KernelProfile] = [linux510, linux61, linux612, linux72]
}
