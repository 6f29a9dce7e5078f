// SPDX-License-Identifier: Apache-2.0

// What kernels say against CMA pools, and against crash kernels, which come after them.

extension KernelComplaint {
  private static let contiguous = "kernel/dma/contiguous.c"
  private static let allocator = "mm/cma.c"

  /// Of a CMA pool.
  static let ofPools = [
    KernelComplaint(
      .bypassed, "bypass * node, using cmdline CMA params instead", subject: 0,
      origin: "\(contiguous), rmem_cma_setup",
      meaning: "cma= on the command line takes precedence over linux,cma-default",
      remedy: "omit cma= where the device tree's pool is wanted"),
    KernelComplaint(
      .bypassed, "Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.",
      origin: "\(contiguous), __rmem_cma_verify_node (7.x)",
      meaning: "cma= on the command line takes precedence over linux,cma-default",
      remedy: "omit cma= where the device tree's pool is wanted"),
    KernelComplaint(
      .bypassed, "Skipping dt linux,cma-default for \"cma=\" kernel param.",
      origin: "drivers/of/of_reserved_mem.c, __reserved_mem_reserve_reg (6.18.9)",
      meaning: "cma= on the command line takes precedence over linux,cma-default",
      remedy: "omit cma= where the device tree's pool is wanted"),
    KernelComplaint(
      .poolAlignment, "incorrect alignment of CMA region",
      origin: "\(contiguous), rmem_cma_setup",
      meaning:
        "base or size of a reusable region is not a multiple of the kernel's CMA alignment: a "
        + "region is not rounded as cma= is; with 4K pages 2 MiB do where the kernel has HUGETLB "
        + "(from 6.1 on) or THP (from 6.12 on)",
      remedy:
        "make both multiples of the alignment (4 MiB with 4K pages, 32 with 16K, 512 with 64K)"
    ),
    KernelComplaint(
      .poolSetup, "unable to setup CMA region",
      origin: "\(contiguous), rmem_cma_setup",
      meaning: "the allocator did not take the region: no slot is left, or it is not reserved",
      remedy: "raise CONFIG_CMA_AREAS where a message before it is of slots"),
    KernelComplaint(
      .poolSlots, "Not enough slots for CMA reserved regions!",
      origin: "\(allocator), cma_init_reserved_mem",
      meaning: "the kernel has CONFIG_CMA_AREAS pools (one more before 6.12), and they are used up",
      remedy: "raise CONFIG_CMA_AREAS, or ask for fewer pools"),
    KernelComplaint(
      .baseAlignment, "Region at * must be aligned to * bytes",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "the address in cma= is not a multiple of the kernel's CMA alignment, and it is not "
        + "rounded",
      remedy: "give an aligned address"),
    KernelComplaint(
      .memoryBoundary, "Region at * defined on low/high memory boundary (*)",
      origin: "\(allocator), cma_declare_contiguous_nid (7.x: cma_fixed_reserve)",
      meaning: "the pool would lie in low memory and in high memory, which no pool can",
      remedy: "move it to one side of the boundary"),
    KernelComplaint(
      .limit, "Size (*) of region at * exceeds limit (*)",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "the rounded size does not fit below the limit: the end of RAM, the end that cma= "
        + "gives (rounded down), or what all devices reach",
      remedy: "lower size or address; at an address, give a size that needs no rounding"),
    KernelComplaint(
      .notActivated, "CMA area * could not be activated", subject: 0,
      origin: "\(allocator), cma_activate_area",
      meaning: "the pool crosses from one zone to another, which no allocation can",
      remedy: "place it on one side of the zone's end (1 GiB or 4 GiB, or the end of low memory)"),
    KernelComplaint(
      .notReserved, "Failed to reserve * MiB*",
      origin: "\(allocator), cma_declare_contiguous_nid",
      meaning: "there is no default pool, and the boot goes on without it",
      remedy:
        "lower the size, or move what is in the way: no hole is that large, or the address in "
        + "cma= is taken; a message of cma's before it says more"),
    KernelComplaint(
      .pageBlock, "pageblock_order not yet initialized. Called during early boot?",
      origin: "\(allocator), cma_init_reserved_mem",
      meaning: "a pool was asked for before the kernel knew its own alignment",
      remedy: "this is a fault of the kernel: report it"),
    KernelComplaint(
      .poolList, "Couldn't store CMA reserved area.",
      origin: "\(contiguous), rmem_cma_setup (7.x)",
      meaning: "the pool works, but no dma-heap is made of it",
      remedy: "ask for fewer pools"),
    KernelComplaint(
      .poolList, "Couldn't queue default CMA region for heap creation.",
      origin: "\(contiguous), dma_contiguous_reserve (7.x)",
      meaning: "the pool works, but no dma-heap is made of it",
      remedy: "ask for fewer pools"),
    KernelComplaint(
      .noValue, "Config string not provided",
      origin: "\(contiguous), early_cma",
      meaning: "cma stands on the command line without a value",
      remedy: "write cma=SIZE"),
    failedAllocation("cma_alloc: *alloc failed, req-size: * pages, ret: *", in: "cma_alloc"),
    failedAllocation(
      "__cma_alloc: *alloc failed, req-size: * pages, ret: *", in: "__cma_alloc (6.10 and later)"),
    failedAllocation(
      "__cma_alloc_frozen: *alloc failed, req-size: * pages, ret: *",
      in: "__cma_alloc_frozen (7.2 and later)"),
  ]

  private static func failedAllocation(
    _ pattern: MessagePattern, in function: String
  ) -> KernelComplaint {
    KernelComplaint(
      .allocation, pattern,
      origin: "\(allocator), \(function)",
      meaning:
        "an allocation failed: -12 no free run of that length, -16 pages that would not move, "
        + "-4 a signal",
      remedy: "ask for less at once, or see who holds pages of the pool")
  }

  private static let crashReservation = "kernel/crash_reserve.c, reserve_crashkernel_generic"

  /// Of the memory that crashkernel= asks for, which comes after the pools.
  static let ofCrashKernel = [
    KernelComplaint(
      .crashKernel, "cannot allocate crashkernel (size:*)",
      origin: "\(crashReservation) (5.10, 6.1: arch/arm64/mm/init.c, reserve_crashkernel)",
      meaning: "no hole that the pools leave is large enough for the crash kernel: there is none",
      remedy: "lower the pool to what 'cmalab max' calls safe, or crashkernel="),
    KernelComplaint(
      .crashKernel, "cannot allocate crashkernel low memory (size:*).",
      origin: "kernel/crash_reserve.c, reserve_crashkernel_low (6.1: arch/arm64/mm/init.c)",
      meaning: "the crash kernel is above the DMA limit, and the pools leave nothing below it "
        + "for its devices: there is none",
      remedy: "lower the pool to what 'cmalab max' calls safe, or give crashkernel=SIZE,low"),
    KernelComplaint(
      .crashKernel, "cannot reserve crashkernel: *",
      origin: "arch/arm64/mm/init.c, reserve_crashkernel (5.10)",
      meaning: "the place that crashkernel= names is not RAM, not free or not aligned to 2 MiB",
      remedy: "name no place, or a free one"),
    KernelComplaint(
      .crashKernel, "crashkernel reservation failed - *",
      origin: "\(crashReservation) (arm: arch/arm/kernel/setup.c, reserve_crashkernel)",
      meaning: "the crash kernel found no free place, or the one that crashkernel= names is taken",
      remedy: "name no place, or lower the pool to what 'cmalab max' calls safe"),
  ]
}
