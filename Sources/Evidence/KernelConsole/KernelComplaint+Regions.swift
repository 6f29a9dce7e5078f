// SPDX-License-Identifier: Apache-2.0

// What kernels say against the nodes of /reserved-memory.

extension KernelComplaint {
  private static let reservedMemory = "drivers/of/of_reserved_mem.c"

  /// Of a node that the kernel cannot read.
  static let ofNodes = [
    KernelComplaint(
      .nodeFormat, "unsupported node format, ignoring",
      origin: "\(reservedMemory), __reserved_mem_check_root (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "the whole of /reserved-memory is lost: it lacks ranges, or its #address-cells and "
        + "#size-cells are not the root's",
      remedy: "give /reserved-memory an empty ranges and the cell counts of the root"),
    KernelComplaint(
      .regLength, "invalid reg property in '*', skipping node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "its reg is not a whole number of addresses and sizes in the root's cells",
      remedy: "write reg in the root's #address-cells and #size-cells"),
    KernelComplaint(
      .sizeLength, "invalid size property in '*' node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its size does not have the root's #size-cells",
      remedy: "write size in the root's #size-cells: <0x0 0x4000000> for two"),
    KernelComplaint(
      .alignmentLength, "invalid alignment property in '*' node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its alignment does not have the root's #address-cells",
      remedy: "write alignment in the root's #address-cells: <0x0 0x400000> for two"),
    KernelComplaint(
      .allocRangesLength, "invalid alloc-ranges property in '*', skipping node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its alloc-ranges is not a whole number of addresses and sizes in the root's cells",
      remedy: "write alloc-ranges in the root's #address-cells and #size-cells"),
    KernelComplaint(
      .regEntries, "node '*' has * <base size> entries, only the first is used", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (7.x)",
      meaning: "only the first entry of its reg is reserved",
      remedy: "write a node for each range"),
    KernelComplaint(
      .regEntries, "*() ignores * regions in node '*'", subject: 2,
      origin: "\(reservedMemory), fdt_scan_reserved_mem_reg_nodes (6.12)",
      meaning: "only the first entry of its reg becomes a region",
      remedy: "write a node for each range"),
  ]

  /// Of a region that there is no place or no slot for.
  static let ofRegions = [
    KernelComplaint(
      .notReserved, "failed to reserve memory for node '*': base *, size * MiB", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "the range was not set aside: it has no size, or it is no-map and something was "
        + "reserved in it before",
      remedy: "move the region away from kernel, device tree, initramfs and other regions"),
    KernelComplaint(
      .noRoom, "failed to allocate memory for node '*'*", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "no hole in its alloc-ranges (or in RAM) is that large at its alignment",
      remedy: "widen alloc-ranges, lower the size, or see what is in the range"),
    KernelComplaint(
      .driverRefused, "node * compatible matching fail", subject: 0,
      origin: "\(reservedMemory), fdt_init_reserved_mem_node (5.10, 6.1: fdt_init_reserved_mem)",
      meaning:
        "no driver took the region, and its memory was given back; a node that cma= overrides "
        + "ends so as well",
      remedy: "see what the kernel says of it before, and cmalab lint"),
    KernelComplaint(
      .overlap, "OVERLAP DETECTED!",
      origin: "\(reservedMemory), __rmem_check_for_overlap",
      meaning: "two regions have the same memory, and the kernel goes on with both",
      remedy: "move one of them: two owners of a page corrupt each other"),
    KernelComplaint(
      .overlap, "* (*--*) overlaps with * (*--*)", subject: 0,
      origin: "\(reservedMemory), __rmem_check_for_overlap",
      meaning: "two regions have the same memory, and the kernel goes on with both",
      remedy: "move one of them: two owners of a page corrupt each other"),
    KernelComplaint(
      .regionSlots, "not enough space for all defined regions.",
      origin: "\(reservedMemory), fdt_init_reserved_mem_node (before 6.18: "
        + "fdt_reserved_mem_save_node)",
      meaning: "the kernel keeps 64 regions (MAX_RESERVED_REGIONS), and this one is past them: "
        + "its memory is reserved, but no driver can use it",
      remedy: "join regions, or drop some"),
    KernelComplaint(
      .regionSlots, "not enough space for all defined regions, skip '*'", subject: 0,
      origin: "\(reservedMemory), fdt_init_reserved_mem_node",
      meaning: "the kernel's list of regions is full, and this one is past it: its memory is "
        + "reserved, but no driver can use it",
      remedy: "join regions, or drop some"),
    KernelComplaint(
      .regionSlots, "too many defined dynamic regions, skip '*'", subject: 0,
      origin: "\(reservedMemory), fdt_scan_reserved_mem",
      meaning: "the kernel places 64 regions without address, and this one is past them",
      remedy: "join regions, or drop some"),
    KernelComplaint(
      .regionArray, "Failed to allocate memory for reserved_mem array with err: *",
      origin: "\(reservedMemory), alloc_reserved_mem_array",
      meaning: "no memory for the list of regions: none of them can be used",
      remedy: "leave the kernel more memory"),
    KernelComplaint(
      .coherentPool, "failed to init DMA memory pool at *, size *",
      origin: "kernel/dma/coherent.c, rmem_dma_device_init",
      meaning: "a device could not take its region into use",
      remedy: "see whether the region is in RAM, and no-map"),
    KernelComplaint(
      .needsNoMap, "regions without no-map are not yet supported",
      origin: "kernel/dma/coherent.c, rmem_dma_setup (arm)",
      meaning: "a shared-dma-pool that is not reusable has to be no-map on 32-bit arm",
      remedy: "add no-map, or reusable for a CMA pool"),
  ]
}
