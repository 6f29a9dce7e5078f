// SPDX-License-Identifier: Apache-2.0

extension SourceProbe {
  /// Lowmem of 32-bit ARM, and what is in it.
  static let arm: [SourceProbe] = [
    SourceProbe(
      \.reservesZeroCrashKernel,
      [
        (false, .has("ret || !crash_size", .armSetup, in: "reserve_crashkernel")),
        (true, .omits("ret || !crash_size", .armSetup, in: "reserve_crashkernel")),
      ]),
    SourceProbe(
      \.patchUnit,
      [
        (16 << 20, .has("must be 16MiB aligned", .armHead)),
        (2 << 20, .omits("must be 16MiB aligned", .armHead)),
      ]),
    SourceProbe(
      \.keepsGapBesideVmalloc,
      [
        (true, .has("VMALLOC_END - vmalloc_size - VMALLOC_OFFSET", .armMap)),
        (false, .has("VMALLOC_END - vmalloc_reserve)", .armMap)),
      ]),
    SourceProbe(
      \.allocatesZeroPage,
      [
        (true, .has("early_alloc(PAGE_SIZE)", .armMap, in: "paging_init")),
        (false, .omits("early_alloc(PAGE_SIZE)", .armMap, in: "paging_init")),
      ]),
    SourceProbe(
      \.poolAnnouncement,
      [
        (.whenMade, .has("dma_contiguous_early_fixup(", .contiguous, in: "rmem_cma_setup")),
        (.whenPlaced, .has("dma_contiguous_early_fixup(", .reservedMemory)),
        (
          .whenPlacedAndVerified,
          .has("dma_contiguous_early_fixup(", .contiguous, in: "rmem_cma_fixup")
        ),
      ]),
  ]
}
