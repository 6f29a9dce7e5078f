// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Testing

@testable import Predictions

/// Rules read off a source: what a probe finds in text, and what it says of text that it does not know.
@Suite struct SourceProbeTests {
  private func source(_ files: [String: String]) -> KernelSource {
    KernelSource { name in files[name].map { Array($0.utf8) } }
  }

  private func reading(_ files: [String: String]) throws -> KernelRules {
    let release = try #require(KernelRelease("6.1.141"))
    return try #require(KernelRules(release: release, reading: source(files)))
  }

  @Test func everyRuleHasAProbeButTheMeasuredOne() {
    let probed = SourceProbe.all.map { KernelRule.name(of: $0.rule) }
    #expect(Set(probed).count == probed.count)
    #expect(
      Set(KernelRule.all.map(\.name)).subtracting(probed)
        == Set(KernelRule.all.filter { $0.file == nil }.map(\.name)))
  }

  /// Nothing is known of it, and that is said.
  @Test func aSourceThatIsNotThereShowsNothing() throws {
    let rules = try reading([:])
    let reading = try #require(rules.reading)
    #expect(reading.unread.contains("pool-time"))
    #expect(reading.unread.contains("static-no-map"))
    let poolTime = try #require(KernelRule.all.first { $0.name == "pool-time" })
    #expect(poolTime.source(in: rules) == .unread)
  }

  /// What one function calls, in order.
  private func source(of function: String, calling calls: [String]) -> String {
    "void __init \(function)(void)\n{\n" + calls.map { "\t\($0)\n" }.joined() + "}\n"
  }

  private static let early = [
    "arm64_dma32_phys_limit = max_zone_phys(32);", "early_init_fdt_scan_reserved_mem();",
    "reserve_crashkernel();", "dma_contiguous_reserve(arm64_dma32_phys_limit);",
  ]
  private static let late = [
    "sparse_init();", "zone_sizes_init();", "dma_contiguous_reserve(arm64_dma_phys_limit);",
    "reserve_crashkernel();",
  ]
  private static let newest = [
    "dma_limits_init();", "dma_contiguous_reserve(arm64_dma_phys_limit);",
    "arch_reserve_crashkernel();",
  ]

  /// The same calls in another order are no form that is known: where the pool lies depends on it.
  @Test(arguments: [
    ("arm64_memblock_init", early, KernelRules.PoolTime.beforePaging),
    ("bootmem_init", late, .afterMemoryMap), ("bootmem_init", newest, .beforeMemoryMap),
  ])
  func theOrderOfCallsIsRead(
    function: String, calls: [String], time: KernelRules.PoolTime
  ) throws {
    let file = "arch/arm64/mm/init.c"
    let rules = try reading([file: source(of: function, calling: calls)])
    #expect(try #require(rules.reading).read.contains("pool-time"))
    #expect(rules.poolTime == time)
    let pool = try #require(calls.firstIndex { $0.hasPrefix("dma_contiguous_reserve") })
    for other in calls.indices where other != pool {
      var swapped = calls
      swapped.swapAt(pool, other)
      let read = try reading([file: source(of: function, calling: swapped)])
      #expect(try #require(read.reading).unread.contains("pool-time"), "\(swapped)")
    }
  }

  /// Neither its declaration, nor a comment, nor a call is the function; one that is cut is.
  @Test func aFunctionIsFoundByItsBody() throws {
    let late = source(of: "bootmem_init", calling: Self.late)
    for (text, isRead) in [
      (late, true), (String(late.dropLast(2)), true),
      (late.replacing("void __init bootmem_init(void)", with: "/* bootmem_init() */"), false),
      ("void bootmem_init(void);\n" + late.replacing("bootmem_init", with: "other"), false),
    ] {
      let reading = try #require(try reading(["arch/arm64/mm/init.c": text]).reading)
      #expect(reading.read.contains("pool-time") == isRead, "\(text)")
    }
  }

  /// Forms that releases between two lines have, and that no line of today has any more.
  @Test(arguments: [
    (
      "huge-pages-exceed-largest-order", "include/linux/pageblock-flags.h",
      "#define pageblock_order\t\tmin_t(unsigned int, HUGETLB_PAGE_ORDER, MAX_ORDER - 1)\n", "no"
    ),
    (
      "largest-order-aligns", "include/linux/cma.h",
      "#define CMA_MIN_ALIGNMENT_PAGES max_t(phys_addr_t, MAX_ORDER_NR_PAGES, \\\n", "yes"
    ),
    (
      "maps-memory-by-pages", "arch/arm64/mm/mmu.c",
      """
      \t\t\tp = vmemmap_alloc_block_buf(PMD_SIZE, node);
      \t\t\tif (!p)
      \t\t\t\treturn -ENOMEM;
      """, "no"
    ),
    (
      "always-bounces", "arch/arm64/mm/init.c",
      "\tif (IS_ENABLED(CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC))\n\t\tswiotlb = true;\n", "64 MiB"
    ),
    ("always-bounces", "arch/arm64/mm/init.c", "void __init mem_init(void)\n{\n}\n", "none"),
    (
      "always-bounces", "arch/arm64/mm/init.c", "\t\tswiotlb_adjust_size(size);\n",
      "1 MiB a GiB of RAM"
    ),
  ])
  func aFormBetweenTwoLinesIsKnown(rule: String, file: String, text: String, value: String) throws {
    let rules = try reading([file: text])
    #expect(try #require(rules.reading).read.contains(rule))
    #expect(KernelRule.all.first { $0.name == rule }?.value(of: rules) == value)
  }

  /// 6.18.9 looks at cma= where a node is reserved, and no longer where it is set up.
  @Test func theBypassOfANodeIsReadOffTwoFiles() throws {
    func form(_ reservation: String) throws -> KernelRules.OverriddenDefault? {
      let rules = try reading([
        "kernel/dma/contiguous.c": "static int __init rmem_cma_setup(void)\n{\n\treturn 0;\n}\n",
        "drivers/of/of_reserved_mem.c":
          "static int __init __reserved_mem_reserve_reg(void)\n{\n\t\(reservation);\n}\n",
      ])
      let isRead = try #require(rules.reading).read.contains("overridden-default")
      return isRead ? rules.overriddenDefault : nil
    }
    #expect(try form(#"of_get_flat_dt_prop(node, "linux,cma-default", NULL)"#) == .whenReserved)
    #expect(try form("return 0") == .never)
  }

  @Test(arguments: [
    ("if (!of_flat_dt_get_addr_size(child, \"reg\", &b, &s))", true),
    ("prop = of_flat_dt_get_addr_size_prop(child, \"reg\", &len)", false),
  ])
  func aReaderOfOneEntrySkipsSeveral(reader: String, skips: Bool) throws {
    let rules = try reading([
      "drivers/of/of_reserved_mem.c":
        "void __init fdt_scan_reserved_mem_reg_nodes(void)\n{\n\t\(reader);\n}\n"
    ])
    #expect(try #require(rules.reading).read.contains("skips-several-entries"))
    #expect(rules.skipsSeveralEntries == skips)
  }

  /// The number is a macro's of another file, whose value has to be the one that is known.
  @Test(arguments: [("4\n", true), ("40\n", false), ("", false)])
  func theUsableRangesOfTwoFilesAreAdded(ranges: String, isKnown: Bool) throws {
    let rules = try reading([
      "drivers/of/fdt.c": "#define MAX_USABLE_RANGES\t\t(2 + CRASHK_CMA_RANGES_MAX)\n",
      "include/linux/crash_reserve.h": "#define CRASHK_CMA_RANGES_MAX \(ranges)",
    ])
    #expect(try #require(rules.reading).read.contains("usable-range-count") == isKnown)
    if isKnown { #expect(rules.usableRangeCount == 6) }
  }

  @Test func whatIsIn32BitARMsFilesConcernsNoOther() {
    let ofARM = KernelRule.all.filter { !$0.concerns(.arm64) }
    #expect(ofARM.map(\.name).contains("patch-unit"))
    #expect(ofARM.allSatisfy { $0.concerns(.arm) && $0.file?.hasPrefix("arch/arm/") == true })
  }

  /// A vendor's 6.1 that took a change from 6.5.
  @Test func aBackportIsSeen() throws {
    let file = """
      static int __init __reserved_mem_alloc_in_range(phys_addr_t size)
      {
      \treturn 0;
      }

      """
    let rules = try reading(["drivers/of/of_reserved_mem.c": file])
    #expect(rules.growsAlongRegions)
    let release = try #require(KernelRelease("6.1.141"))
    #expect(try #require(KernelRules(release: release)).growsAlongRegions == false)
  }
}
