// SPDX-License-Identifier: Apache-2.0

extension SourceProbe {
  /// The image, the page tables and the memory map of arm64.
  static let arm64: [SourceProbe] = [
    SourceProbe(
      \.reservesFromStext,
      [
        (true, .has("memblock_reserve(__pa_symbol(_stext)", .arm64Init)),
        (false, .has("memblock_reserve(__pa_symbol(_text)", .arm64Init)),
      ]),
    SourceProbe(
      \.mapsKernelEarly,
      [(true, .defines("map_kernel", .arm64Map)), (false, .lacks("map_kernel", .arm64Map))]),
    SourceProbe(
      \.mapsIdentityEarly,
      [
        (
          true,
          .all([
            .defines("create_idmap", .arm64Map), .lacks("declare_kernel_vmas", .arm64Map),
          ])
        ),
        (
          false,
          .any([
            .lacks("create_idmap", .arm64Map), .defines("declare_kernel_vmas", .arm64Map),
          ])
        ),
      ]),
    SourceProbe(
      \.linearMap,
      [
        (.configured, .lacks("force_pte_mapping", .arm64Map)),
        (.pages, .defines("force_pte_mapping", .arm64Map)),
      ]),
    SourceProbe(
      \.takesFencePoolEarly,
      [
        (true, .has("kfence_early_init", .arm64Map)),
        (false, .omits("kfence_early_init", .arm64Map)),
      ]),
    SourceProbe(
      \.mapsPartialPages,
      [
        (false, .has("end = end & PAGE_MASK", .arm64Map, in: "map_mem")),
        (true, .omits("end = end & PAGE_MASK", .arm64Map, in: "map_mem")),
      ]),
    SourceProbe(
      \.allocatesNodeDistances,
      [
        (
          true,
          .any([
            .has("numa_alloc_distance()", .arm64Nodes, in: "numa_init"),
            .has("numa_alloc_distance()", .genericNodes, in: "numa_init"),
          ])
        ),
        (false, .omits("numa_alloc_distance()", .nodes, in: "numa_memblks_init")),
      ]),
    SourceProbe(
      \.vmemmap,
      [
        (.belowTwoMebibytes, .has("-VMEMMAP_SIZE - SZ_2M", .arm64Memory)),
        (.projection, .has("VMEMMAP_SHIFT)))", .arm64Memory)),
        (.belowOneGibibyte, .has("-UL(SZ_1G))", .arm64Memory)),
      ]),
    SourceProbe(
      \.fixmap,
      [
        (.belowIOSpace, .has("PCI_IO_START - SZ_2M", .arm64Memory)),
        (.belowMemoryMap, .has("VMEMMAP_START - SZ_32M", .arm64Memory)),
        (.top, .has("FIXADDR_TOP\t\t(-UL(SZ_8M))", .arm64Memory)),
      ]),
    SourceProbe(
      \.mapsMemoryByPages,
      [
        (
          false,
          .any([
            .has("(PMD_SIZE, node);\n\t\t\tif (!p)\n\t\t\t\treturn -ENOMEM", .arm64Map),
            .has("altmap);\n\t\t\tif (!p)\n\t\t\t\treturn -ENOMEM", .arm64Map),
          ])
        ),
        (
          true,
          .any([
            .has("vmemmap_populate_basepages(addr, next", .arm64Map),
            .has("vmemmap_populate_hugepages", .arm64Map),
          ])
        ),
      ]),
    SourceProbe(
      \.unmappedPagesAreInvalid,
      [
        (true, .has("memblock_is_map_memory", .arm64Init, in: "pfn_valid")),
        (
          false,
          .any([
            .lacks("pfn_valid", .arm64Init),
            .omits("memblock_is_map_memory", .arm64Init, in: "pfn_valid"),
          ])
        ),
      ]),
    SourceProbe(
      \.sectionBits,
      [
        (.init(small: 30, large: 30), .has("SECTION_SIZE_BITS\t30", .arm64Sections)),
        (.init(small: 27, large: 29), .has("SECTION_SIZE_BITS 27", .arm64Sections)),
      ]),
    SourceProbe(
      \.needlessBounces,
      [
        (
          .none,
          .all([
            .omits("CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC", .arm64Init),
            .omits("swiotlb_adjust_size", .arm64Init),
          ])
        ),
        (
          .full,
          .all([
            .has("CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC", .arm64Init),
            .omits("swiotlb_adjust_size", .arm64Init),
          ])
        ),
        (.small, .has("swiotlb_adjust_size", .arm64Init)),
      ]),
    SourceProbe(
      \.fileTablesFollowFreeMemory,
      [
        (false, .not(.has("calc_nr_kernel_pages", .memoryInit))),
        (true, .has("calc_nr_kernel_pages", .memoryInit)),
      ]),
    SourceProbe(
      \.pageListBytes,
      [
        (0, .omits("nr_pcp_alloc", .pageAllocator)),
        (8 << 20, .has("nr_pcp_alloc", .pageAllocator)),
      ]),
  ]

  /// Sizes of structures, by the members that made them grow.
  static let sizes: [SourceProbe] = [
    SourceProbe(
      \.reservedMemBytes,
      [
        (0, .lacks("alloc_reserved_mem_array", .reservedMemory)),
        (
          48,
          .all([
            .defines("alloc_reserved_mem_array", .reservedMemory),
            .has("fdt_node", .reservedMemoryHeader, structure: "reserved_mem"),
          ])
        ),
        (
          40,
          .all([
            .defines("alloc_reserved_mem_array", .reservedMemory),
            .omits("fdt_node", .reservedMemoryHeader, structure: "reserved_mem"),
          ])
        ),
      ]),
    SourceProbe(
      \.sectionUsageBytes,
      [
        (0, .omits("struct rcu_head", .zones, structure: "mem_section_usage")),
        (16, .has("struct rcu_head", .zones, structure: "mem_section_usage")),
      ]),
    SourceProbe(
      \.deviceNodeBytes,
      [
        (160, .omits("struct device *dev", .firmwareNodes, structure: "fwnode_handle")),
        (
          168,
          .all([
            .has("struct device *dev", .firmwareNodes, structure: "fwnode_handle"),
            .omits("suppliers", .firmwareNodes, structure: "fwnode_handle"),
          ])
        ),
        (208, .has("suppliers", .firmwareNodes, structure: "fwnode_handle")),
      ]),
    SourceProbe(
      \.propertyBytes,
      [
        (88, .omits("mapping", .sysfs, structure: "bin_attribute")),
        (
          96,
          .all([
            .has("mapping", .sysfs, structure: "bin_attribute"),
            .omits("llseek", .sysfs, structure: "bin_attribute"),
          ])
        ),
        (104, .has("llseek", .sysfs, structure: "bin_attribute")),
      ]),
  ]
}
