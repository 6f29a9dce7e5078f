// SPDX-License-Identifier: Apache-2.0

extension SourceProbe {
  private static let pool = "dma_contiguous_reserve("

  /// Of two that look for a place, the first one finds it.
  private static let poolPrecedesCrashKernel = SourceCondition.not(
    .inOrder("reserve_crashkernel(", pool, .arm64Init, in: "bootmem_init"))

  /// The default pool, and pageblocks.
  static let pools: [SourceProbe] = [
    SourceProbe(
      \.poolTime,
      [
        (
          .beforePaging,
          .all([
            .inOrder("_phys_limit", pool, .arm64Init, in: "arm64_memblock_init"),
            .inOrder(
              "early_init_fdt_scan_reserved_mem(", pool, .arm64Init, in: "arm64_memblock_init"),
            .inOrder("reserve_crashkernel(", pool, .arm64Init, in: "arm64_memblock_init"),
          ])
        ),
        (
          .afterMemoryMap,
          .all([
            .inOrder("sparse_init(", pool, .arm64Init, in: "bootmem_init"),
            .inOrder("zone_sizes_init(", pool, .arm64Init, in: "bootmem_init"),
            poolPrecedesCrashKernel,
          ])
        ),
        (
          .beforeMemoryMap,
          .all([
            .any([
              .inOrder("dma_limits_init(", pool, .arm64Init, in: "bootmem_init"),
              .inOrder("zone_sizes_init(", pool, .arm64Init, in: "bootmem_init"),
            ]),
            .omits("sparse_init(", .arm64Init, in: "bootmem_init"),
            poolPrecedesCrashKernel,
          ])
        ),
      ]),
    SourceProbe(
      \.overriddenDefault,
      [
        (
          .never,
          .all([
            .omits("size_cmdline", .contiguous, in: "rmem_cma_setup"),
            .omits("linux,cma-default", .reservedMemory),
            .lacks("__rmem_cma_verify_node", .contiguous),
          ])
        ),
        (
          .whenSetUp,
          .all([
            .has("size_cmdline", .contiguous, in: "rmem_cma_setup"),
            .omits("linux,cma-default", .reservedMemory),
          ])
        ),
        (
          .whenReserved,
          .has("linux,cma-default", .reservedMemory, in: "__reserved_mem_reserve_reg")
        ),
        (.whenValidated, .defines("__rmem_cma_verify_node", .contiguous)),
      ]),
    SourceProbe(
      \.zoneLimit,
      [
        (.fourGiBFromStart, .has("memblock_start_of_DRAM() & GENMASK_ULL(63,", .arm64Init)),
        (.powerOfTwo, .has("DMA_BIT_MASK(zone_bits)", .arm64Init, in: "max_zone_phys")),
        (.exact, .has("zone_limit", .arm64Init, in: "max_zone_phys")),
      ]),
    SourceProbe(
      \.zonesFollowDevices,
      [
        (true, .has("of_dma_get_max_cpu_address", .arm64Init)),
        (false, .omits("of_dma_get_max_cpu_address", .arm64Init)),
      ]),
    SourceProbe(
      \.ownLimitReplaces,
      [
        (false, .has("min_not_zero(limit_cmdline", .contiguous, in: "dma_contiguous_reserve")),
        (true, .has("limit_cmdline ?:", .contiguous, in: "dma_contiguous_reserve")),
      ]),
    SourceProbe(
      \.highSearch,
      [
        (.never, .omits("SZ_4G", .cma)),
        (.endOfMemory, .has("memblock_end >= SZ_4G + size", .cma)),
        (.limit, .has("limit >= SZ_4G + size", .cma)),
      ]),
    SourceProbe(
      \.searchesHighFirst,
      [
        (
          false,
          .any([
            .omits("SZ_4G", .cma),
            .inOrder("limit > highmem_start", "SZ_4G", .cma, in: "cma_declare_contiguous_nid"),
          ])
        ),
        (
          true,
          .any([
            .inOrder("SZ_4G", "limit > highmem_start", .cma, in: "cma_declare_contiguous_nid"),
            .inOrder("SZ_4G", "limit > highmem_start", .cma, in: "__cma_declare_contiguous_nid"),
            .inOrder("SZ_4G", "CONFIG_HIGHMEM", .cma, in: "cma_alloc_mem"),
          ])
        ),
      ]),
    SourceProbe(
      \.boundaryCheck,
      [
        (
          .always,
          .has("if (fixed && base < highmem_start && base + size > highmem_start)", .cma)
        ),
        (.withHighMemory, .has("IS_ENABLED(CONFIG_HIGHMEM)", .cma, in: "cma_fixed_reserve")),
      ]),
    SourceProbe(
      \.largestOrderAligns,
      [
        (
          true,
          .any([
            .has("max_t(unsigned long, MAX_ORDER - 1, pageblock_order)", .cma),
            .has("max(MAX_ORDER_NR_PAGES, pageblock_nr_pages)", .cma),
            .has("max_t(phys_addr_t, PAGE_SIZE << (MAX_ORDER - 1)", .cma),
            .has("CMA_MIN_ALIGNMENT_PAGES max", .cmaHeader),
          ])
        ),
        (false, .has("CMA_MIN_ALIGNMENT_PAGES pageblock_nr_pages", .cmaHeader)),
      ]),
    SourceProbe(
      \.printsAskedSize,
      [
        (false, .lacks("__cma_declare_contiguous_nid", .cma)),
        (true, .defines("__cma_declare_contiguous_nid", .cma)),
      ]),
    SourceProbe(
      \.nodeSuffix,
      [
        (" on node -1", .has(#"Reserved %ld MiB at %pa on node %d\n"#, .cma)),
        ("", .has(#"Reserved %ld MiB at %pa\n"#, .cma)),
      ]),
    SourceProbe(
      \.extraAreas,
      [
        (1, .has("(1 + CONFIG_CMA_AREAS)", .cmaHeader)),
        (0, .has("MAX_CMA_AREAS\tCONFIG_CMA_AREAS", .cmaHeader)),
      ]),
    SourceProbe(
      \.countsInactiveAreas,
      [
        (true, .omits("totalcma_pages -=", .cma, in: "cma_activate_area")),
        (false, .has("totalcma_pages -=", .cma, in: "cma_activate_area")),
      ]),
    SourceProbe(
      \.hugePagesSetPageblock,
      [
        (true, .has("HPAGE_PMD_ORDER", .pageblocks)),
        (false, .omits("HPAGE_PMD_ORDER", .pageblocks)),
      ]),
    SourceProbe(
      \.hugePagesExceedLargestOrder,
      [
        (true, .has("pageblock_order\t\tHUGETLB_PAGE_ORDER", .pageblocks)),
        (
          false,
          .any([
            .has("min_t(unsigned int, HUGETLB_PAGE_ORDER", .pageblocks),
            .has("MIN_T(unsigned int, HUGETLB_PAGE_ORDER", .pageblocks),
          ])
        ),
      ]),
    SourceProbe(
      \.maxOrderIsExclusive,
      [
        (true, .has("#define MAX_ORDER 11", .zones)),
        (
          false,
          .any([.has("#define MAX_PAGE_ORDER 10", .zones), .has("#define MAX_ORDER 10", .zones)])
        ),
      ]),
  ]
}
