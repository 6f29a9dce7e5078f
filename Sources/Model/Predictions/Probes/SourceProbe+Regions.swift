// SPDX-License-Identifier: Apache-2.0

extension SourceProbe {
  /// /reserved-memory.
  static let regions: [SourceProbe] = [
    SourceProbe(
      \.regionOrder,
      [
        (.sorted, .defines("fdt_init_reserved_mem", .reservedMemory)),
        (
          .staticFirst,
          .any([
            .defines("fdt_scan_reserved_mem_reg_nodes", .reservedMemory),
            .defines("fdt_scan_reserved_mem_late", .reservedMemory),
          ])
        ),
      ]),
    SourceProbe(\.regionListLength, [32, 64].map { ($0, listIsLong($0)) }),
    SourceProbe(
      \.fullListMessage,
      [
        (.old, .has("not enough space all defined regions.", .reservedMemory)),
        (.plain, .has("not enough space for all defined regions.", .reservedMemory)),
        (.named, .has("not enough space for all defined regions, skip", .reservedMemory)),
      ]),
    SourceProbe(
      \.staticRegionPrefix,
      [
        ("OF: fdt", .defines("__reserved_mem_reserve_reg", .deviceTree)),
        ("OF: reserved mem", .defines("__reserved_mem_reserve_reg", .reservedMemory)),
      ]),
    SourceProbe(
      \.memreserveFirst,
      [
        (
          true,
          .any([
            .inOrder("fdt_get_mem_rsv", "of_scan_flat_dt(", .deviceTree, in: scan),
            .inOrder("fdt_get_mem_rsv", "fdt_scan_reserved_mem(", .deviceTree, in: scan),
          ])
        ),
        (false, .inOrder("fdt_scan_reserved_mem(", "fdt_get_mem_rsv", .deviceTree, in: scan)),
      ]),
    SourceProbe(
      \.regionSort,
      [
        (.oneAtATime, .omits("Extract two largest elements", .sort)),
        (.twoAtATime, .has("Extract two largest elements", .sort)),
      ]),
    SourceProbe(
      \.ordersEqualRegions,
      [
        (true, .has("ra->fdt_node < rb->fdt_node", .reservedMemory, in: "__rmem_cmp")),
        (false, .omits("ra->fdt_node", .reservedMemory, in: "__rmem_cmp")),
      ]),
    SourceProbe(
      \.growsAlongRegions,
      [
        (false, .lacks("__reserved_mem_alloc_in_range", .reservedMemory)),
        (true, .defines("__reserved_mem_alloc_in_range", .reservedMemory)),
      ]),
    SourceProbe(
      \.dynamicNoMap,
      [
        (.removed, .has("memblock_remove(base, size)", .reservedMemory, in: allocation)),
        (.marked, .has("memblock_mark_nomap(base, size)", .reservedMemory, in: allocation)),
      ]),
    SourceProbe(
      \.staticNoMap,
      [
        (.removed, reservation { .has("memblock_remove(", $0, in: $1) }),
        (
          .markedUnlessReserved,
          reservation {
            .all([
              .has("memblock_is_region_reserved", $0, in: $1),
              .omits("memblock_overlaps_region", $0, in: $1),
            ])
          }
        ),
        (
          .marked,
          reservation {
            .all([
              .has("memblock_mark_nomap", $0, in: $1),
              .omits("memblock_is_region_reserved", $0, in: $1),
            ])
          }
        ),
        (.markedUnlessReservedRAM, reservation { .has("memblock_overlaps_region", $0, in: $1) }),
      ]),
    SourceProbe(
      \.printsRefusedSize,
      [
        (true, .has("failed to allocate memory for node '%s': size %lu MiB", .reservedMemory)),
        (false, .has(#"failed to allocate memory for node '%s'\n"#, .reservedMemory)),
      ]),
    SourceProbe(
      \.coherentPoolUnit,
      [
        (.mebibytes, .has("created DMA memory pool at %pa, size %ld MiB", .coherent)),
        (.kibibytes, .has("created DMA memory pool at %pa, size %llu KiB", .coherent)),
      ]),
    SourceProbe(
      \.printsPlaces,
      [
        (true, .has(#""non-reusable""#, .reservedMemory)),
        (false, .omits(#""non-reusable""#, .reservedMemory)),
      ]),
    SourceProbe(
      \.reservesFirstEntryOnly,
      [
        (true, .has("only the first is used", .reservedMemory)),
        (false, .omits("only the first is used", .reservedMemory)),
      ]),
    // Where all are sorted, the rule is of no effect.
    SourceProbe(
      \.printsIgnoredEntries,
      [
        (
          true,
          .any([
            .has("ignores %d regions", .reservedMemory),
            .defines("fdt_init_reserved_mem", .reservedMemory),
          ])
        ),
        (
          false,
          .all([
            .omits("ignores %d regions", .reservedMemory),
            .lacks("fdt_init_reserved_mem", .reservedMemory),
          ])
        ),
      ]),
    SourceProbe(
      \.skipsSeveralEntries,
      [
        (true, .has(entryReader, .reservedMemory, in: "fdt_scan_reserved_mem_reg_nodes")),
        (false, .omits(entryReader, .reservedMemory)),
      ]),
    SourceProbe(
      \.dropsMalformedArrays,
      [
        (true, .defines("of_flat_dt_get_addr_size_prop", .deviceTree)),
        (false, .lacks("of_flat_dt_get_addr_size_prop", .deviceTree)),
      ]),
    SourceProbe(
      \.keepsRefusedRegions,
      [
        (true, .lacks("fdt_validate_reserved_mem_node", .reservedMemory)),
        (false, .defines("fdt_validate_reserved_mem_node", .reservedMemory)),
      ]),
    SourceProbe(
      \.lackOfDriverRefuses,
      [
        (true, .has("int ret = -ENOENT", .reservedMemory, in: "__reserved_mem_init_node")),
        (false, .has("int ret = -ENODEV", .reservedMemory, in: "__reserved_mem_init_node")),
      ]),
    SourceProbe(
      \.regionArray,
      [
        (.fixed, .lacks("alloc_reserved_mem_array", .reservedMemory)),
        (.allocated, .defines("alloc_reserved_mem_array", .reservedMemory)),
      ]),
  ]

  private static let entryReader = "of_flat_dt_get_addr_size("
  private static let scan = "early_init_fdt_scan_reserved_mem"
  private static let allocation = "early_init_dt_alloc_reserved_memory_arch"

  private static func listIsLong(_ count: Int) -> SourceCondition {
    .any(
      [SourceFile.reservedMemory, .reservedMemoryPrivate].flatMap { file in
        ["\t", "    "].map { .has("MAX_RESERVED_REGIONS\($0)\(count)\n", file) }
      })
  }

  /// The function has had two names, and two files.
  private static func reservation(
    _ condition: (SourceFile, String) -> SourceCondition
  ) -> SourceCondition {
    .any([
      condition(.deviceTree, "early_init_dt_reserve_memory_arch"),
      condition(.deviceTree, "early_init_dt_reserve_memory"),
      condition(.reservedMemory, "early_init_dt_reserve_memory"),
    ])
  }
}
