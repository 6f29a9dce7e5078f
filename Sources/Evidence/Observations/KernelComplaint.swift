// SPDX-License-Identifier: Apache-2.0

/// A message with which a kernel refuses, drops or changes what it was asked for, and what it means.
package struct KernelComplaint: Hashable, Sendable {
  /// Stable, for scripts: `node-format`.
  package let id: String
  /// The message without the prefixes of ``MessageText``; each `*` stands for any text.
  let pattern: String
  /// Which `*` names the node or pool; nil for a message that names none.
  let subject: Int?
  package let meaning: String
  /// What to do about it.
  package let remedy: String
  /// The kernel file and function that says it.
  package let origin: String

  init(
    _ id: String, _ pattern: String, subject: Int? = nil, origin: String, meaning: String,
    remedy: String
  ) {
    self.id = id
    self.pattern = pattern
    self.subject = subject
    self.meaning = meaning
    self.remedy = remedy
    self.origin = origin
  }
}

extension KernelComplaint {
  private static let reservedMemory = "drivers/of/of_reserved_mem.c"
  private static let contiguous = "kernel/dma/contiguous.c"
  private static let allocator = "mm/cma.c"

  /// Every complaint about pools and reserved memory of the lines 5.10 to 7.2.
  package static let all: [KernelComplaint] = ofNodes + ofRegions + ofPools + ofCrashKernel

  /// Of a node that the kernel cannot read.
  private static let ofNodes = [
    KernelComplaint(
      "node-format", "unsupported node format, ignoring",
      origin: "\(reservedMemory), __reserved_mem_check_root (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "the whole of /reserved-memory is lost: it lacks ranges, or its #address-cells and "
        + "#size-cells are not the root's",
      remedy: "give /reserved-memory an empty ranges and the cell counts of the root"),
    KernelComplaint(
      "reg-length", "invalid reg property in '*', skipping node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "its reg is no whole number of address and size in the root's cells",
      remedy: "write reg in the root's #address-cells and #size-cells"),
    KernelComplaint(
      "size-length", "invalid size property in '*' node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its size does not have the root's #size-cells",
      remedy: "write size in the root's #size-cells: <0x0 0x4000000> for two"),
    KernelComplaint(
      "alignment-length", "invalid alignment property in '*' node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its alignment does not have the root's #address-cells",
      remedy: "write alignment in the root's #address-cells: <0x0 0x400000> for two"),
    KernelComplaint(
      "alloc-ranges-length", "invalid alloc-ranges property in '*', skipping node.", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "its alloc-ranges is no whole number of address and size in the root's cells",
      remedy: "write alloc-ranges in the root's #address-cells and #size-cells"),
    KernelComplaint(
      "reg-entries", "node '*' has * <base size> entries, only the first is used", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (7.x)",
      meaning: "only the first entry of its reg is reserved",
      remedy: "write a node for each range"),
    KernelComplaint(
      "reg-entries", "*() ignores * regions in node '*'", subject: 2,
      origin: "\(reservedMemory), fdt_scan_reserved_mem_reg_nodes (6.12)",
      meaning: "only the first entry of its reg becomes a region",
      remedy: "write a node for each range"),
  ]

  /// Of a region that there is no place or no slot for.
  private static let ofRegions = [
    KernelComplaint(
      "not-reserved", "failed to reserve memory for node '*': base *, size * MiB", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_reserve_reg (5.10, 6.1: drivers/of/fdt.c)",
      meaning: "the range was not set aside: it has no size, or it is no-map and something was "
        + "reserved in it before",
      remedy: "move the region away from kernel, device tree, initramfs and other regions"),
    KernelComplaint(
      "no-room", "failed to allocate memory for node '*'*", subject: 0,
      origin: "\(reservedMemory), __reserved_mem_alloc_size",
      meaning: "no hole in its alloc-ranges (or in RAM) is that large at its alignment",
      remedy: "widen alloc-ranges, lower the size, or see what lies in the range"),
    KernelComplaint(
      "driver-refused", "node * compatible matching fail", subject: 0,
      origin: "\(reservedMemory), fdt_init_reserved_mem_node (5.10, 6.1: fdt_init_reserved_mem)",
      meaning: "the driver of its compatible refused the region, and the memory was given back",
      remedy: "see the message before it"),
    KernelComplaint(
      "overlap", "OVERLAP DETECTED!",
      origin: "\(reservedMemory), __rmem_check_for_overlap",
      meaning: "two regions have the same memory, and the kernel goes on with both",
      remedy: "move one of them: two owners of a page corrupt each other"),
    KernelComplaint(
      "overlap", "* (*--*) overlaps with * (*--*)", subject: 0,
      origin: "\(reservedMemory), __rmem_check_for_overlap",
      meaning: "two regions have the same memory, and the kernel goes on with both",
      remedy: "move one of them: two owners of a page corrupt each other"),
    KernelComplaint(
      "region-slots", "not enough space for all defined regions.",
      origin: "\(reservedMemory), fdt_init_reserved_mem_node (before 6.18: "
        + "fdt_reserved_mem_save_node)",
      meaning: "the kernel keeps 64 regions (MAX_RESERVED_REGIONS), and this one is past them: "
        + "its memory is reserved, but nobody can use it",
      remedy: "join regions, or drop some"),
    KernelComplaint(
      "region-slots", "too many defined dynamic regions, skip '*'", subject: 0,
      origin: "\(reservedMemory), fdt_scan_reserved_mem",
      meaning: "the kernel places 64 regions without address, and this one is past them",
      remedy: "join regions, or drop some"),
    KernelComplaint(
      "region-array", "Failed to allocate memory for reserved_mem array with err: *",
      origin: "\(reservedMemory), alloc_reserved_mem_array",
      meaning: "no memory for the list of regions: none of them can be used",
      remedy: "leave the kernel more memory"),
    KernelComplaint(
      "coherent-pool", "failed to init DMA memory pool at *, size * MiB",
      origin: "kernel/dma/coherent.c, rmem_dma_device_init",
      meaning: "a device could not take its region into use",
      remedy: "see whether the region is in RAM, and no-map"),
    KernelComplaint(
      "needs-no-map", "regions without no-map are not yet supported",
      origin: "kernel/dma/coherent.c, rmem_dma_setup (arm)",
      meaning: "a shared-dma-pool that is not reusable has to be no-map on 32-bit arm",
      remedy: "add no-map, or reusable for a CMA pool"),
  ]

  /// Of a CMA pool.
  private static let ofPools = [
    KernelComplaint(
      "bypassed", "bypass * node, using cmdline CMA params instead", subject: 0,
      origin: "\(contiguous), rmem_cma_setup",
      meaning: "cma= on the command line goes before linux,cma-default",
      remedy: "leave cma= away where the device tree's pool is wanted"),
    KernelComplaint(
      "bypassed", "Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.",
      origin: "\(contiguous), __rmem_cma_verify_node (7.x)",
      meaning: "cma= on the command line goes before linux,cma-default",
      remedy: "leave cma= away where the device tree's pool is wanted"),
    KernelComplaint(
      "pool-alignment", "incorrect alignment of CMA region",
      origin: "\(contiguous), rmem_cma_setup",
      meaning: "base or size of a reusable region is no multiple of the kernel's CMA alignment: a "
        + "region is not rounded as cma= is",
      remedy:
        "make both multiples of the alignment (4 MiB with 4K pages, 32 with 16K, 512 with 64K)"
    ),
    KernelComplaint(
      "pool-setup", "unable to setup CMA region",
      origin: "\(contiguous), rmem_cma_setup",
      meaning: "the allocator did not take the region: no slot is left, or it is not reserved",
      remedy: "see the message before it; CONFIG_CMA_AREAS sets the slots"),
    KernelComplaint(
      "pool-slots", "Not enough slots for CMA reserved regions!",
      origin: "\(allocator), cma_init_reserved_mem",
      meaning: "the kernel has CONFIG_CMA_AREAS pools (one more before 6.12), and they are used up",
      remedy: "raise CONFIG_CMA_AREAS, or ask for fewer pools"),
    KernelComplaint(
      "base-alignment", "Region at * must be aligned to * bytes",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "the address in cma= is no multiple of the kernel's CMA alignment, and it is not "
        + "rounded",
      remedy: "give an aligned address"),
    KernelComplaint(
      "memory-boundary", "Region at * defined on low/high memory boundary (*)",
      origin: "\(allocator), cma_declare_contiguous_nid (7.x: cma_fixed_reserve)",
      meaning: "the pool would lie in low memory and in high memory, which no pool can",
      remedy: "move it to one side of the boundary"),
    KernelComplaint(
      "limit", "Size (*) of region at * exceeds limit (*)",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "the rounded size does not fit below the limit: the end of RAM, the end that cma= "
        + "gives (rounded down), or what all devices reach",
      remedy: "lower size or address; at an address, give a size that needs no rounding"),
    KernelComplaint(
      "not-activated", "CMA area * could not be activated", subject: 0,
      origin: "\(allocator), cma_activate_area",
      meaning: "the pool crosses from one zone to another, which no allocation can",
      remedy: "place it on one side of the zone's end (1 GiB or 4 GiB, or the end of low memory)"),
    KernelComplaint(
      "not-reserved", "Failed to reserve * MiB*",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "there is no default pool, and the boot goes on without it",
      remedy: "see the message before it; without one, no hole is that large, or the address in "
        + "cma= is taken"),
    KernelComplaint(
      "page-block", "pageblock_order not yet initialized. Called during early boot?",
      origin: "\(allocator), cma_init_reserved_mem",
      meaning: "a pool was asked for before the kernel knew its own alignment",
      remedy: "this is a fault of the kernel: report it"),
    KernelComplaint(
      "pool-list", "Couldn't store CMA reserved area.",
      origin: "\(contiguous), rmem_cma_setup (7.x)",
      meaning: "the pool works, but no dma-heap is made of it",
      remedy: "ask for fewer pools"),
    KernelComplaint(
      "pool-list", "Couldn't queue default CMA region for heap creation.",
      origin: "\(contiguous), dma_contiguous_reserve (7.x)",
      meaning: "the pool works, but no dma-heap is made of it",
      remedy: "ask for fewer pools"),
    KernelComplaint(
      "no-value", "Config string not provided",
      origin: "\(contiguous), early_cma",
      meaning: "cma stands on the command line without a value",
      remedy: "write cma=SIZE"),
    KernelComplaint(
      "allocation", "cma_alloc: *alloc failed, req-size: * pages, ret: *",
      origin: "\(allocator), cma_alloc",
      meaning:
        "an allocation failed: -12 no free run of that length, -16 pages that would not move, "
        + "-4 a signal",
      remedy: "ask for less at once, or see who holds pages of the pool"),
  ]

  private static let crashReservation = "kernel/crash_reserve.c, reserve_crashkernel_generic"

  /// Of the memory that crashkernel= asks for, which comes after the pools.
  private static let ofCrashKernel = [
    KernelComplaint(
      "crash-kernel", "cannot allocate crashkernel (size:*)",
      origin: "\(crashReservation) (5.10, 6.1: arch/arm64/mm/init.c, reserve_crashkernel)",
      meaning: "no hole that the pools leave is large enough for the crash kernel: there is none",
      remedy: "lower the pool to what 'cmalab max' calls safe, or crashkernel="),
    KernelComplaint(
      "crash-kernel", "cannot allocate crashkernel low memory (size:*).",
      origin: "kernel/crash_reserve.c, reserve_crashkernel_low (6.1: arch/arm64/mm/init.c)",
      meaning: "the crash kernel lies above the DMA limit, and the pools leave nothing below it "
        + "for its devices: there is none",
      remedy: "lower the pool to what 'cmalab max' calls safe, or give crashkernel=SIZE,low"),
    KernelComplaint(
      "crash-kernel", "cannot reserve crashkernel: *",
      origin: "arch/arm64/mm/init.c, reserve_crashkernel (5.10)",
      meaning: "the place that crashkernel= names is no RAM, not free or not aligned to 2 MiB",
      remedy: "name no place, or a free one"),
    KernelComplaint(
      "crash-kernel", "crashkernel reservation failed - *",
      origin: "\(crashReservation) (arm: arch/arm/kernel/setup.c, reserve_crashkernel)",
      meaning: "the crash kernel found no free place, or the one that crashkernel= names is taken",
      remedy: "name no place, or lower the pool to what 'cmalab max' calls safe"),
  ]
}
