// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// How one kernel treats early memory: every rule that is not the same on all of them, each a property
/// of its own. No step of a boot asks for a release; it asks for the rule.
///
/// The values that are written here are those of the oldest line that is known, 5.4. What changed since
/// is in Lines/, a file a line.
package struct KernelRules: Hashable, Sendable {
  /// Whose rules these are.
  package let release: KernelRelease
  /// What became of reading them off a source tree; nil where the release alone decides.
  package internal(set) var reading: Reading?

  // MARK: The default pool

  /// When it is reserved (arch/arm64/mm/init.c, arm64_memblock_init, later bootmem_init).
  var poolTime = PoolTime.beforePaging
  /// Whether a node with `linux,cma-default` takes precedence over `cma=` or the other way round, and
  /// when it is refused then (kernel/dma/contiguous.c, rmem_cma_setup).
  package internal(set) var overriddenDefault = OverriddenDefault.never
  /// How the limit of the DMA zone follows from what devices reach (arch/arm64/mm/init.c,
  /// max_zone_phys).
  var zoneLimit = ZoneLimit.fourGiBFromStart
  /// Whether the DMA zone ends where the devices' reach does (arch/arm64/mm/init.c, zone_sizes_init).
  var zonesFollowDevices = false
  /// Whether the end that `cma=` names replaces the DMA limit, or can only lower it
  /// (kernel/dma/contiguous.c, dma_contiguous_reserve).
  var ownLimitReplaces = false
  /// Where a large pool is looked for above 4 GiB first (mm/cma.c, cma_declare_contiguous_nid, later
  /// cma_alloc_mem).
  var highSearch = HighSearch.never
  /// Whether that search comes before the one for highmem, whose find it would forget (mm/cma.c,
  /// cma_declare_contiguous_nid).
  var searchesHighFirst = false
  /// On which kernels a pool at a fixed place is refused where it reaches from mapped memory beyond it
  /// (mm/cma.c, cma_declare_contiguous_nid, later cma_fixed_reserve).
  var boundaryCheck = BoundaryCheck.always
  /// Whether pools are made of the buddy allocator's largest blocks even where pageblocks are smaller
  /// (mm/cma.c, cma_declare_contiguous_nid; later include/linux/cma.h, CMA_MIN_ALIGNMENT_PAGES).
  package internal(set) var largestOrderAligns = true
  /// Whether the kernel's messages show the size before it is rounded (mm/cma.c,
  /// cma_declare_contiguous_nid).
  package internal(set) var printsAskedSize = false
  /// Behind the size and address in `cma: Reserved …` (mm/cma.c, cma_declare_contiguous_nid).
  var nodeSuffix = ""
  /// Areas beyond CONFIG_CMA_AREAS (include/linux/cma.h, MAX_CMA_AREAS).
  var extraAreas = 1
  /// Whether an area that crosses zones still counts in CmaTotal (mm/cma.c, cma_activate_area).
  var countsInactiveAreas = true

  // MARK: Pageblocks

  /// Whether THP alone makes the pageblock that of a huge page (include/linux/pageblock-flags.h,
  /// pageblock_order).
  var hugePagesSetPageblock = false
  /// Whether a huge page makes the pageblock larger than the buddy allocator's largest block
  /// (include/linux/pageblock-flags.h, pageblock_order).
  var hugePagesExceedLargestOrder = true
  /// Whether CONFIG_ARCH_FORCE_MAX_ORDER is one more than the largest order (include/linux/mmzone.h,
  /// MAX_ORDER).
  var maxOrderIsExclusive = true

  // MARK: Reserved memory

  /// In which order the children of /reserved-memory are looked at (drivers/of/of_reserved_mem.c,
  /// fdt_init_reserved_mem and fdt_scan_reserved_mem).
  var regionOrder = RegionOrder.sorted
  /// How many regions the kernel's list holds where it is not allocated (drivers/of/of_reserved_mem.c,
  /// MAX_RESERVED_REGIONS).
  var regionListLength = 32
  /// What the kernel says of one more (drivers/of/of_reserved_mem.c, fdt_reserved_mem_save_node).
  var fullListMessage = FullListMessage.old
  /// What stands before messages on static regions: the file's own name (drivers/of/fdt.c, later
  /// drivers/of/of_reserved_mem.c, pr_fmt).
  var staticRegionPrefix = "OF: fdt"
  /// Whether `/memreserve/` is reserved before the children of /reserved-memory (drivers/of/fdt.c,
  /// early_init_fdt_scan_reserved_mem).
  var memreserveFirst = true
  /// Which regions are moved by a sort of those that are equal (lib/sort.c, sort_r).
  var regionSort = RegionSort.oneAtATime
  /// Whether regions of one place and size keep the tree's order (drivers/of/of_reserved_mem.c,
  /// __rmem_cmp).
  var ordersEqualRegions = false
  /// Whether a dynamic region next to an earlier one is taken from that side
  /// (drivers/of/of_reserved_mem.c, __reserved_mem_alloc_in_range).
  var growsAlongRegions = false
  /// What becomes of a dynamic region that is not to be mapped (drivers/of/of_reserved_mem.c,
  /// early_init_dt_alloc_reserved_memory_arch).
  var dynamicNoMap = DynamicNoMap.removed
  /// What becomes of a static region that is not to be mapped (drivers/of/fdt.c,
  /// early_init_dt_reserve_memory_arch).
  var staticNoMap = StaticNoMap.removed
  /// Whether the refusal of a dynamic region shows its size (drivers/of/of_reserved_mem.c,
  /// __reserved_mem_alloc_size).
  var printsRefusedSize = false
  /// In what the size of a coherent pool is told (kernel/dma/coherent.c, rmem_dma_setup).
  var coherentPoolUnit = CoherentPoolUnit.mebibytes
  /// Whether the kernel says where each region lies (drivers/of/of_reserved_mem.c,
  /// fdt_init_reserved_mem_node).
  var printsPlaces = false
  /// Whether only the first `reg` entry of a node is reserved (drivers/of/of_reserved_mem.c,
  /// __reserved_mem_reserve_reg).
  var reservesFirstEntryOnly = false
  /// Whether the kernel says how many further entries of a `reg` it ignores
  /// (drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes).
  var printsIgnoredEntries = true
  /// Whether a region whose `reg` has several entries is reserved and never set up
  /// (drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes: of_flat_dt_get_addr_size takes one
  /// entry and no more).
  var skipsSeveralEntries = false
  /// Whether a `reg` or `alloc-ranges` that is not a whole number of entries is taken for none, silently
  /// (drivers/of/fdt.c, of_flat_dt_get_addr_size_prop).
  var dropsMalformedArrays = false
  /// Whether a region stays in the kernel's list when no driver takes it (drivers/of/of_reserved_mem.c,
  /// fdt_init_reserved_mem_node).
  var keepsRefusedRegions = true
  /// Whether a `shared-dma-pool` that no driver wants is refused, as one is that a driver refuses
  /// (drivers/of/of_reserved_mem.c, __reserved_mem_init_node).
  var lackOfDriverRefuses = true
  /// Whether the kernel's list of regions is as long as it has to be (drivers/of/of_reserved_mem.c,
  /// reserved_mem).
  var regionArray = RegionArray.fixed
  /// sizeof of struct reserved_mem, where the list is allocated (drivers/of/of_reserved_mem.c,
  /// alloc_reserved_mem_array); else 0.
  var reservedMemBytes: UInt64 = 0

  // MARK: The crash kernel

  /// Where memory for it is looked for (arch/arm64/mm/init.c, reserve_crashkernel, later
  /// kernel/crash_reserve.c, reserve_crashkernel_generic).
  var crashKernelSearch = CrashKernelSearch.lowChecked
  /// Whether it is reserved before the default pool (arch/arm64/mm/init.c, arm64_memblock_init).
  var crashKernelFirst = true
  /// How many bytes below the DMA limit the search for it ends (arch/arm64/mm/init.c,
  /// reserve_crashkernel: ARCH_LOW_ADDRESS_LIMIT is that limit's last byte).
  var crashKernelLimitGap: UInt64 = 1
  /// Whether its size is rounded up to whole pages (arch/arm64/mm/init.c, reserve_crashkernel).
  var crashKernelHasWholePages = true
  /// Whether one of all RAM or more is taken for malformed (kernel/crash_core.c, later
  /// kernel/crash_reserve.c, parse_crashkernel).
  var refusesHugeCrashKernel = false
  /// To what RAM is rounded up for `crashkernel=range:size`, in bytes (kernel/crash_core.c, later
  /// kernel/crash_reserve.c, parse_crashkernel_mem).
  var crashKernelMemoryUnit: UInt64 = 1
  /// What `crashkernel=size,cma` means (kernel/crash_reserve.c, get_last_crashkernel and
  /// reserve_crashkernel_cma).
  var crashKernelCMA = CrashKernelCMA.size
  /// Whether `crashkernel=`, whatever its value, makes the linear map consist of pages
  /// (arch/arm64/mm/mmu.c, crash_mem_map).
  var crashKernelMapsPages = false
  /// Which option makes `crashkernel=` mean anything (arch/arm64/mm/init.c, reserve_crashkernel; later
  /// kernel/Kconfig.kexec, CRASH_RESERVE).
  var crashKernelOption = CrashKernelOption.kexec
  /// Whether it is reserved after the pools even without a DMA zone (arch/arm64/mm/init.c,
  /// arm64_memblock_init and bootmem_init).
  var crashKernelAlwaysFollowsPools = false

  /// Whether `crashkernel=0` is reserved as any other size, and told, on 32-bit ARM
  /// (arch/arm/kernel/setup.c, reserve_crashkernel).
  var reservesZeroCrashKernel = true

  /// How many entries of `linux,usable-memory-range` count (arch/arm64/mm/init.c,
  /// early_init_dt_scan_usablemem, later drivers/of/fdt.c, MAX_USABLE_RANGES).
  var usableRangeCount = 1
  /// When `linux,elfcorehdr` is reserved (arch/arm64/mm/init.c, reserve_elfcorehdr, later
  /// drivers/of/fdt.c, fdt_reserve_elfcorehdr).
  var elfCoreHeaderTime = ElfCoreHeaderTime.afterRegions

  // MARK: The image and the page tables

  /// Whether an arm64 image is reserved from `_stext` on, and not from `_text` (arch/arm64/mm/init.c,
  /// arm64_memblock_init).
  var reservesFromStext = false
  /// Whether tables of the kernel's own mapping come out of free memory (arch/arm64/mm/mmu.c,
  /// map_kernel).
  var mapsKernelEarly = true
  /// Whether those of the identity map do (arch/arm64/mm/mmu.c, create_idmap).
  var mapsIdentityEarly = false
  /// What the linear map of RAM is made of (arch/arm64/mm/mmu.c, map_mem).
  var linearMap = LinearMap.configured
  /// Whether KFENCE's pool is taken before the linear map is made, which can have blocks then, and not behind
  /// the pools (arch/arm64/mm/mmu.c, arm64_kfence_alloc_pool, later arm64_kfence_map_pool).
  package internal(set) var takesFencePoolEarly = false
  /// Whether a page of which only a part is RAM, or is to be mapped, is mapped as a whole
  /// (arch/arm64/mm/mmu.c, map_mem).
  var mapsPartialPages = true
  /// Where the fixmap lies (arch/arm64/include/asm/memory.h and fixmap.h, FIXADDR_TOP).
  var fixmap = FixmapPlace.belowIOSpace

  // MARK: Lowmem of 32-bit ARM

  /// Of what the kernel's distance from where it was linked has to be a multiple, in bytes, or it does
  /// not start (arch/arm/kernel/head.S, later phys2virt.S, __fixup_pv_table).
  package internal(set) var patchUnit: UInt64 = 16 << 20
  /// Whether the gap before the area of vmalloc (VMALLOC_OFFSET) is kept beside what `vmalloc=` asks for,
  /// and not within it (arch/arm/mm/mmu.c, early_vmalloc and adjust_lowmem_bounds).
  var keepsGapBesideVmalloc = false
  /// Whether a page of zeroes comes out of free memory (arch/arm/mm/mmu.c, paging_init).
  var allocatesZeroPage = true
  /// When it is told which regions to map for DMA (arch/arm/mm/dma-mapping.c,
  /// dma_contiguous_early_fixup).
  var poolAnnouncement = PoolAnnouncement.whenMade

  // MARK: The memory map

  /// Where it lies in virtual memory (arch/arm64/include/asm/memory.h, VMEMMAP_START).
  var vmemmap = VmemmapPlace.belowTwoMebibytes
  /// Whether pages make up the memory map where a block does not fit (arch/arm64/mm/mmu.c, later
  /// mm/sparse-vmemmap.c, vmemmap_populate); else the section goes without.
  var mapsMemoryByPages = false
  /// Whether a page that is not mapped counts as none, though the memory map has it
  /// (arch/arm64/mm/init.c, pfn_valid).
  var unmappedPagesAreInvalid = true
  /// log2 of a section's bytes with 4 KiB and 16 KiB pages, and with 64 KiB
  /// (arch/arm64/include/asm/sparsemem.h, SECTION_SIZE_BITS).
  var sectionBits = SectionBits(small: 30, large: 30)
  /// sizeof of struct mem_section_usage without its pageblock bits, for 2 MiB subsections: this many
  /// bytes besides one bit a subsection (include/linux/mmzone.h, struct mem_section_usage).
  var sectionUsageBytes: UInt64 = 0

  // MARK: What else takes memory

  /// sizeof of struct device_node with CONFIG_OF_KOBJ, without lockdep (include/linux/of.h, struct
  /// device_node).
  var deviceNodeBytes: UInt64 = 160
  /// sizeof of struct property with CONFIG_OF_KOBJ, without lockdep (include/linux/of.h, struct
  /// property).
  var propertyBytes: UInt64 = 88
  /// Whether a table of the distances between all nodes that there could be is made even for a machine
  /// without nodes (arch/arm64/mm/numa.c, later drivers/base/arch_numa.c, numa_init).
  var allocatesNodeDistances = true
  /// Which bounce buffers are made although every device reaches all of RAM, for small buffers that
  /// are not aligned (arch/arm64/mm/init.c, mem_init; kernel/dma/swiotlb.c, swiotlb_adjust_size).
  var needlessBounces = NeedlessBounces.none
  /// Whether the tables of dentries and inodes are sized by what is free, and not by all RAM
  /// (mm/mm_init.c, calc_nr_kernel_pages).
  var fileTablesFollowFreeMemory = false
  /// What the lists of free pages of one CPU may hold, in bytes, at which no other CPU gets: a batch,
  /// doubled five times (mm/page_alloc.c, nr_pcp_alloc); 0 where it is a few pages.
  ///
  /// Seen on a guest of 7.2 that died with all its memory there.
  package internal(set) var pageListBytes: UInt64 = 0
  /// What else boot takes at least, in bytes, for each CPU and for watermarks apart: with less no guest
  /// has lived. Measured, and in no kernel file.
  var leastBootBytes: UInt64 = 1 << 20

  /// The line's name, for messages: no step asks for it.
  package var line: String { release.line }

  // MARK: What follows from them

  /// CMA_MIN_ALIGNMENT_BYTES, from the bytes of a pageblock and of the buddy allocator's largest block.
  package func poolAlignment(pageblock: UInt64, largestBlock: UInt64) -> UInt64 {
    largestOrderAligns ? max(pageblock, largestBlock) : pageblock
  }

  /// The rules as they are declared, for a release that changed none of them.
  init(unchangedSince release: KernelRelease) {
    self.release = release
  }
}
