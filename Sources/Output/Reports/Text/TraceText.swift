// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// The story of a guest's early memory, in its own order: what `cmalab boot --trace-memory` adds.
struct TraceText {
  let record: RunRecord
  let trace: MemoryTrace

  var text: String {
    [
      story, reservedMemory, areas,
      section(
        "handed to the buddy allocator, in pageblocks (/proc/pagetypeinfo)",
        trace.pageblocks.map(\.printable)),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var story: String {
    // The memory nodes are read before the command line is.
    let banks = record.request.banks.map {
      "          adds      " + columns($0, 1) + "  a bank (early_init_dt_add_memory_arch)"
    }
    let small = trace.steps.count { isSmall($0) }
    let rest = small == 0 ? [] : ["          and \(small) ranges of less than a page"]
    return section(
      "the boot, told by memblock=debug (seconds of the guest's clock)",
      banks + trace.steps.filter { !isSmall($0) }.map { "  \(line($0))" } + rest)
  }

  private func isSmall(_ step: MemoryTrace.Step) -> Bool {
    step.range.map { $0.size < .kibibytes(4) } ?? false
  }

  private func line(_ step: MemoryTrace.Step) -> String {
    let time = step.seconds.map { $0.fixed(3) } ?? ""
    let margin = time + String(repeating: " ", count: max(1, 8 - time.count))
    guard let range = step.range else { return margin + step.text.printable }
    let verb =
      switch step.kind {
      case .added: "adds      "
      case .removed: "removes   "
      case .reserved: "takes     "
      case .freed: "returns   "
      case .message: "          "
      }
    let use = Self.uses[step.caller].map { "\($0) (\(step.caller))" } ?? step.caller
    return margin + verb + columns(range, step.count) + "  " + use.printable
  }

  private func columns(_ range: PhysicalRange, _ count: Int) -> String {
    let place = range.description
    let size = range.size.description + (count > 1 ? " in \(count)" : "")
    return place + String(repeating: " ", count: max(0, 26 - place.count))
      + String(repeating: " ", count: max(1, 20 - size.count)) + size
  }

  /// What the functions that take early memory take it for.
  private static let uses = [
    "arm64_memblock_init": "the kernel and the initramfs",
    "arm_memblock_init": "the kernel, and its first page tables",
    "reserve_initrd_mem": "the initramfs",
    "free_initrd_mem": "the initramfs, unpacked",
    "early_init_fdt_scan_reserved_mem": "the device tree and fixed regions",
    "fdt_scan_reserved_mem": "fixed regions",
    "fdt_reserve_elfcorehdr": "a crash dump's header",
    "early_init_dt_alloc_reserved_memory_arch": "dynamic regions",
    "early_init_dt_reserve_memory_arch": "fixed regions",
    "early_pgtable_alloc": "page tables",
    "early_alloc": "page tables",
    "free_area_init": "the memory map, a struct page for each page",
    "early_init_dt_alloc_memory_arch": "the unflattened device tree",
    "sparse_init": "sections of the memory map",
    "sparse_index_alloc": "sections of the memory map",
    "sparse_init_nid": "sections of the memory map",
    "memmap_alloc": "the memory map, a struct page for each page",
    "alloc_node_mem_map": "the memory map, a struct page for each page",
    "__earlyonly_bootmem_alloc": "page tables of the memory map",
    "cma_declare_contiguous_nid": "a pool",
    "memblock_alloc_range_nid": "a pool, or another range by its address",
    "alloc_large_system_hash": "hash tables",
    "swiotlb_init_remap": "bounce buffers",
    "swiotlb_init": "bounce buffers",
    "pcpu_embed_first_chunk": "per-CPU areas",
    "pcpu_setup_first_chunk": "per-CPU areas",
    "pcpu_alloc_first_chunk": "per-CPU areas",
    "setup_log_buf": "a larger log buffer",
    "paging_init": "the first page tables",
  ]

  /// drivers/of/of_reserved_mem.c, `reserved_mem[]`.
  private var reservedMemory: String {
    section("reserved_mem[]", record.regions.map { "  \($0.node): \($0.summary)".printable })
  }

  /// mm/cma.c, `cma_areas[]`.
  private var areas: String {
    section(
      "cma_areas[]",
      trace.areas.map { area in
        let order = area.orderPerBit.map { ", order_per_bit \($0)" } ?? ""
        let used = area.usedPages.map { ", \($0) in use" } ?? ""
        return
          "  \(area.name): base_pfn 0x\(String(area.basePFN, radix: 16)), count \(area.count)\(order)\(used)"
          .printable
      })
  }

  /// - Parameter lines: with nothing that a terminal would act on.
  private func section(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\(title):\n" + lines.map { "\($0)\n" }.joined()
  }
}
