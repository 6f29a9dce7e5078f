// SPDX-License-Identifier: Apache-2.0

extension KernelRule {
  /// Every rule, in the order of ``KernelRules``.
  package static let all: [KernelRule] = [
    KernelRule(
      "pool-time", \.poolTime, "when the default pool is reserved",
      in: ("arch/arm64/mm/init.c", "bootmem_init")),
    KernelRule(
      "overridden-default", \.overriddenDefault,
      "when cma= overrides a node with linux,cma-default",
      in: ("kernel/dma/contiguous.c", "rmem_cma_setup")),
    KernelRule(
      "zone-limit", \.zoneLimit, "where the DMA zone ends",
      in: ("arch/arm64/mm/init.c", "max_zone_phys")),
    KernelRule(
      "zones-follow-devices", \.zonesFollowDevices, "whether dma-ranges bound the DMA zone",
      in: ("arch/arm64/mm/init.c", "zone_sizes_init")),
    KernelRule(
      "own-limit-replaces", \.ownLimitReplaces, "whether the end in cma= replaces the DMA limit",
      in: ("kernel/dma/contiguous.c", "dma_contiguous_reserve")),
    KernelRule(
      "high-search", \.highSearch, "when a pool is looked for above 4 GiB first",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "searches-high-first", \.searchesHighFirst, "whether that comes before the search in highmem",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "boundary-check", \.boundaryCheck, "when a fixed pool may not reach beyond mapped memory",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "largest-order-aligns", \.largestOrderAligns,
      "whether the buddy allocator's largest block aligns pools",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "prints-asked-size", \.printsAskedSize, "whether messages show the size before it is rounded",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "node-suffix", \.nodeSuffix, "what follows the size and address in messages",
      in: ("mm/cma.c", "cma_declare_contiguous_nid")),
    KernelRule(
      "extra-areas", \.extraAreas, "areas beyond CONFIG_CMA_AREAS",
      in: ("include/linux/cma.h", "MAX_CMA_AREAS")),
    KernelRule(
      "counts-inactive-areas", \.countsInactiveAreas,
      "whether an area that is given up counts in CmaTotal",
      in: ("mm/cma.c", "cma_activate_area")),
    KernelRule(
      "huge-pages-set-pageblock", \.hugePagesSetPageblock, "whether THP alone sets the pageblock",
      in: ("include/linux/pageblock-flags.h", "pageblock_order")),
    KernelRule(
      "huge-pages-exceed-largest-order", \.hugePagesExceedLargestOrder,
      "whether a huge page exceeds the largest block",
      in: ("include/linux/pageblock-flags.h", "pageblock_order")),
    KernelRule(
      "max-order-is-exclusive", \.maxOrderIsExclusive,
      "whether ARCH_FORCE_MAX_ORDER is one too many",
      in: ("include/linux/mmzone.h", "MAX_ORDER")),
    KernelRule(
      "region-order", \.regionOrder, "in which order regions are set up",
      in: ("drivers/of/of_reserved_mem.c", "fdt_scan_reserved_mem")),
    KernelRule(
      "region-list-length", \.regionListLength, "how many regions the list holds",
      in: ("drivers/of/of_reserved_mem.c", "MAX_RESERVED_REGIONS")),
    KernelRule(
      "full-list-message", \.fullListMessage, "what is said of one more",
      in: ("drivers/of/of_reserved_mem.c", "fdt_reserved_mem_save_node")),
    KernelRule(
      "static-region-prefix", \.staticRegionPrefix, "the prefix of messages on static regions",
      in: ("drivers/of/fdt.c", "pr_fmt")),
    KernelRule(
      "memreserve-first", \.memreserveFirst, "whether /memreserve/ comes before regions",
      in: ("drivers/of/fdt.c", "early_init_fdt_scan_reserved_mem")),
    KernelRule(
      "region-sort", \.regionSort, "how regions are sorted",
      in: ("lib/sort.c", "sort_r")),
    KernelRule(
      "orders-equal-regions", \.ordersEqualRegions, "whether equal regions keep the tree's order",
      in: ("drivers/of/of_reserved_mem.c", "__rmem_cmp")),
    KernelRule(
      "grows-along-regions", \.growsAlongRegions,
      "whether a dynamic region is placed beside an earlier one",
      in: ("drivers/of/of_reserved_mem.c", "__reserved_mem_alloc_in_range")),
    KernelRule(
      "dynamic-no-map", \.dynamicNoMap, "what becomes of a dynamic no-map region",
      in: ("drivers/of/of_reserved_mem.c", "early_init_dt_alloc_reserved_memory_arch")),
    KernelRule(
      "static-no-map", \.staticNoMap, "what becomes of a static no-map region",
      in: ("drivers/of/fdt.c", "early_init_dt_reserve_memory_arch")),
    KernelRule(
      "prints-refused-size", \.printsRefusedSize,
      "whether a refused dynamic region's size is printed",
      in: ("drivers/of/of_reserved_mem.c", "__reserved_mem_alloc_size")),
    KernelRule(
      "coherent-pool-unit", \.coherentPoolUnit, "in what a coherent pool's size is told",
      in: ("kernel/dma/coherent.c", "rmem_dma_setup")),
    KernelRule(
      "prints-places", \.printsPlaces, "whether each region's place is printed",
      in: ("drivers/of/of_reserved_mem.c", "fdt_init_reserved_mem_node")),
    KernelRule(
      "reserves-first-entry-only", \.reservesFirstEntryOnly,
      "whether only the first reg entry is reserved",
      in: ("drivers/of/of_reserved_mem.c", "__reserved_mem_reserve_reg")),
    KernelRule(
      "prints-ignored-entries", \.printsIgnoredEntries, "whether further reg entries are mentioned",
      in: ("drivers/of/of_reserved_mem.c", "fdt_scan_reserved_mem_reg_nodes")),
    KernelRule(
      "skips-several-entries", \.skipsSeveralEntries,
      "whether a region of several reg entries is never set up",
      in: ("drivers/of/of_reserved_mem.c", "fdt_scan_reserved_mem_reg_nodes")),
    KernelRule(
      "drops-malformed-arrays", \.dropsMalformedArrays,
      "whether a malformed reg or alloc-ranges counts as none",
      in: ("drivers/of/fdt.c", "of_flat_dt_get_addr_size_prop")),
    KernelRule(
      "keeps-refused-regions", \.keepsRefusedRegions, "whether a refused region stays in the list",
      in: ("drivers/of/of_reserved_mem.c", "fdt_init_reserved_mem_node")),
    KernelRule(
      "lack-of-driver-refuses", \.lackOfDriverRefuses, "whether a pool without a driver is refused",
      in: ("drivers/of/of_reserved_mem.c", "__reserved_mem_init_node")),
    KernelRule(
      "region-array", \.regionArray, "whether the list is as long as it has to be",
      in: ("drivers/of/of_reserved_mem.c", "reserved_mem")),
    KernelRule(
      "reserved-mem-bytes", \.reservedMemBytes,
      "bytes of struct reserved_mem where the list is allocated",
      in: ("drivers/of/of_reserved_mem.c", "alloc_reserved_mem_array")),
    KernelRule(
      "crash-kernel-search", \.crashKernelSearch, "where a crash kernel is looked for",
      in: ("arch/arm64/mm/init.c", "reserve_crashkernel")),
    KernelRule(
      "crash-kernel-first", \.crashKernelFirst, "whether it comes before the default pool",
      in: ("arch/arm64/mm/init.c", "arm64_memblock_init")),
    KernelRule(
      "crash-kernel-has-whole-pages", \.crashKernelHasWholePages,
      "whether its size is rounded up to pages",
      in: ("arch/arm64/mm/init.c", "reserve_crashkernel")),
    KernelRule(
      "refuses-huge-crash-kernel", \.refusesHugeCrashKernel, "whether one of all RAM is malformed",
      in: ("kernel/crash_core.c", "parse_crashkernel")),
    KernelRule(
      "crash-kernel-limit-gap", \.crashKernelLimitGap,
      "how many bytes below the DMA limit the search for it ends",
      in: ("arch/arm64/mm/init.c", "reserve_crashkernel")),
    KernelRule(
      "crash-kernel-memory-unit", \.crashKernelMemoryUnit,
      "to what RAM is rounded for crashkernel=range:size",
      in: ("kernel/crash_core.c", "parse_crashkernel_mem")),
    KernelRule(
      "crash-kernel-cma", \.crashKernelCMA, "what crashkernel=size,cma means",
      in: ("kernel/crash_reserve.c", "reserve_crashkernel_cma")),
    KernelRule(
      "crash-kernel-maps-pages", \.crashKernelMapsPages, "whether crashkernel= maps RAM by pages",
      in: ("arch/arm64/mm/mmu.c", "crash_mem_map")),
    KernelRule(
      "crash-kernel-option", \.crashKernelOption, "which option makes crashkernel= work",
      in: ("kernel/Kconfig.kexec", "CRASH_RESERVE")),
    KernelRule(
      "crash-kernel-always-follows-pools", \.crashKernelAlwaysFollowsPools,
      "whether it follows the pools without a DMA zone",
      in: ("arch/arm64/mm/init.c", "bootmem_init")),
    KernelRule(
      "usable-range-count", \.usableRangeCount,
      "how many entries of linux,usable-memory-range count",
      in: ("drivers/of/fdt.c", "MAX_USABLE_RANGES")),
    KernelRule(
      "elf-core-header-time", \.elfCoreHeaderTime, "when linux,elfcorehdr is reserved",
      in: ("drivers/of/fdt.c", "fdt_reserve_elfcorehdr")),
    KernelRule(
      "reserves-from-stext", \.reservesFromStext, "whether the image is reserved from _stext on",
      in: ("arch/arm64/mm/init.c", "arm64_memblock_init")),
    KernelRule(
      "maps-kernel-early", \.mapsKernelEarly,
      "whether tables of the kernel's mapping are allocated",
      in: ("arch/arm64/mm/mmu.c", "map_kernel")),
    KernelRule(
      "maps-identity-early", \.mapsIdentityEarly,
      "whether tables of the identity map are allocated",
      in: ("arch/arm64/mm/mmu.c", "create_idmap")),
    KernelRule(
      "linear-map", \.linearMap, "what the linear map is made of",
      in: ("arch/arm64/mm/mmu.c", "map_mem")),
    KernelRule(
      "takes-fence-pool-early", \.takesFencePoolEarly,
      "whether KFENCE's pool comes before the linear map",
      in: ("arch/arm64/mm/mmu.c", "map_mem")),
    KernelRule(
      "maps-partial-pages", \.mapsPartialPages, "whether a page is mapped of which a part is RAM",
      in: ("arch/arm64/mm/mmu.c", "map_mem")),
    KernelRule(
      "fixmap", \.fixmap, "where the fixmap is",
      in: ("arch/arm64/include/asm/memory.h", "FIXADDR_TOP")),
    KernelRule(
      "reserves-zero-crash-kernel", \.reservesZeroCrashKernel,
      "whether crashkernel=0 is reserved as any other size",
      in: ("arch/arm/kernel/setup.c", "reserve_crashkernel")),
    KernelRule(
      "patch-unit", \.patchUnit, "bytes of which a kernel's distance from its link address is made",
      in: ("arch/arm/kernel/head.S", "__fixup_pv_table")),
    KernelRule(
      "keeps-gap-beside-vmalloc", \.keepsGapBesideVmalloc,
      "whether vmalloc= leaves the gap before its area apart",
      in: ("arch/arm/mm/mmu.c", "early_vmalloc")),
    KernelRule(
      "allocates-zero-page", \.allocatesZeroPage,
      "whether the page of zeroes comes out of free memory",
      in: ("arch/arm/mm/mmu.c", "paging_init")),
    KernelRule(
      "pool-announcement", \.poolAnnouncement, "when a region is known as one to map for DMA",
      in: ("arch/arm/mm/dma-mapping.c", "dma_contiguous_early_fixup")),
    KernelRule(
      "vmemmap", \.vmemmap, "where the memory map is",
      in: ("arch/arm64/include/asm/memory.h", "VMEMMAP_START")),
    KernelRule(
      "maps-memory-by-pages", \.mapsMemoryByPages,
      "whether pages make up the memory map where no block fits",
      in: ("arch/arm64/mm/mmu.c", "vmemmap_populate")),
    KernelRule(
      "unmapped-pages-are-invalid", \.unmappedPagesAreInvalid,
      "whether a pool over a carve-out has no valid pages",
      in: ("arch/arm64/mm/init.c", "pfn_valid")),
    KernelRule(
      "section-bits", \.sectionBits, "log2 of a section's bytes, and with 64 KiB pages",
      in: ("arch/arm64/include/asm/sparsemem.h", "SECTION_SIZE_BITS")),
    KernelRule(
      "section-usage-bytes", \.sectionUsageBytes,
      "bytes of struct mem_section_usage besides its bits",
      in: ("include/linux/mmzone.h", "struct mem_section_usage")),
    KernelRule(
      "device-node-bytes", \.deviceNodeBytes, "bytes of struct device_node",
      in: ("include/linux/of.h", "struct device_node")),
    KernelRule(
      "property-bytes", \.propertyBytes, "bytes of struct property",
      in: ("include/linux/of.h", "struct property")),
    KernelRule(
      "allocates-node-distances", \.allocatesNodeDistances,
      "whether a machine without nodes gets a table of their distances",
      in: ("drivers/base/arch_numa.c", "numa_init")),
    KernelRule(
      "always-bounces", \.needlessBounces,
      "which bounce buffers are made where every device reaches all of RAM",
      in: ("arch/arm64/mm/init.c", "mem_init")),
    KernelRule(
      "file-tables-follow-free-memory", \.fileTablesFollowFreeMemory,
      "whether dentry and inode tables follow free memory",
      in: ("mm/mm_init.c", "calc_nr_kernel_pages")),
    KernelRule(
      "page-list-bytes", \.pageListBytes, "bytes that one CPU's page lists may hold back",
      in: ("mm/page_alloc.c", "nr_pcp_alloc")),
    KernelRule(
      "least-boot-bytes", \.leastBootBytes, "bytes that the rest of boot takes at least",
      in: nil),
  ]
}
