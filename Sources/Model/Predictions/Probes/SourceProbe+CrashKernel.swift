// SPDX-License-Identifier: Apache-2.0

extension SourceProbe {
  /// `crashkernel=`. Its parser has been in two files.
  static let crashKernel: [SourceProbe] = [
    SourceProbe(
      \.crashKernelSearch,
      [
        (
          .lowChecked,
          .has("memblock_find_in_range(", .arm64Init, in: "reserve_crashkernel")
        ),
        (
          .low,
          .all([
            .has("memblock_phys_alloc_range", .arm64Init, in: "reserve_crashkernel"),
            .omits("parse_crashkernel_high", .arm64Init),
          ])
        ),
        (
          .lowUnlessHigh,
          .all([
            .has("parse_crashkernel_high", .arm64Init), .omits("fixed_base", .arm64Init),
          ])
        ),
        (
          .bothSides,
          .any([.has("fixed_base", .arm64Init), .has("fixed_base", .crashReserve)])
        ),
      ]),
    SourceProbe(
      \.crashKernelFirst,
      [
        (false, .has("reserve_crashkernel();", .arm64Init, in: "bootmem_init")),
        (true, .omits("reserve_crashkernel();", .arm64Init, in: "bootmem_init")),
      ]),
    SourceProbe(
      \.crashKernelLimitGap,
      [
        (1, .has("memblock_find_in_range(0, ARCH_LOW_ADDRESS_LIMIT", .arm64Init)),
        (0, .omits("memblock_find_in_range(0, ARCH_LOW_ADDRESS_LIMIT", .arm64Init)),
      ]),
    SourceProbe(
      \.crashKernelHasWholePages,
      [
        (true, .has("PAGE_ALIGN(crash_size)", .arm64Init)),
        (false, .omits("PAGE_ALIGN(crash_size)", .arm64Init)),
      ]),
    SourceProbe(\.refusesHugeCrashKernel, ofParser(showing: "*crash_size >= system_ram")),
    SourceProbe(
      \.crashKernelMemoryUnit,
      ofParser(showing: ", SZ_128M)").map { ($0.value ? 128 << 20 : 1, $0.condition) }),
    SourceProbe(
      \.crashKernelCMA,
      [
        (.size, .not(parser(shows: "SUFFIX_CMA"))),
        (
          .ignored,
          .all([parser(shows: "SUFFIX_CMA"), .omits("reserve_crashkernel_cma", .arm64Init)])
        ),
        (.pools, .has("reserve_crashkernel_cma", .arm64Init)),
      ]),
    SourceProbe(
      \.crashKernelMapsPages,
      [
        (true, .has("crash_mem_map", .arm64Map)),
        (false, .omits("crash_mem_map", .arm64Map)),
      ]),
    SourceProbe(
      \.crashKernelOption,
      [
        (.kexec, .not(.has("CRASH_RESERVE", .kexecOptions))),
        (.crashReserve, .has("CRASH_RESERVE", .kexecOptions)),
      ]),
    SourceProbe(
      \.crashKernelAlwaysFollowsPools,
      [
        (false, .has("reserve_crashkernel();", .arm64Init, in: "arm64_memblock_init")),
        (true, .omits("reserve_crashkernel();", .arm64Init, in: "arm64_memblock_init")),
      ]),
  ]

  /// What a crashed kernel leaves, which arm64 read itself at first.
  static let captureKernel: [SourceProbe] = [
    SourceProbe(
      \.usableRangeCount,
      [
        (1, .omits("MAX_USABLE_RANGES", .deviceTree)),
        (2, .has("#define MAX_USABLE_RANGES\t\t2", .deviceTree)),
        (
          6,
          .all([
            .has("#define MAX_USABLE_RANGES\t\t(2 + CRASHK_CMA_RANGES_MAX)", .deviceTree),
            .has("#define CRASHK_CMA_RANGES_MAX 4\n", .crashReserveHeader),
          ])
        ),
      ]),
    SourceProbe(
      \.elfCoreHeaderTime,
      [
        (.afterRegions, .defines("reserve_elfcorehdr", .arm64Init)),
        (
          .afterStaticRegions,
          .inOrder(
            "fdt_scan_reserved_mem", "fdt_reserve_elfcorehdr", .deviceTree,
            in: "early_init_fdt_scan_reserved_mem")
        ),
        (
          .first,
          .inOrder(
            "fdt_reserve_elfcorehdr", "fdt_scan_reserved_mem", .deviceTree,
            in: "early_init_fdt_scan_reserved_mem")
        ),
      ]),
  ]

  private static func parser(shows text: String) -> SourceCondition {
    .any([.has(text, .crashCore), .has(text, .crashReserve)])
  }

  private static func ofParser(
    showing text: String
  ) -> [(value: Bool, condition: SourceCondition)] {
    [(true, parser(shows: text)), (false, .not(parser(shows: text)))]
  }
}
