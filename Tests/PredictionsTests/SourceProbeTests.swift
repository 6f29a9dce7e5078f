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

  @Test(arguments: [
    (
      "void __init arm64_memblock_init(void)\n{\n\tdma_contiguous_reserve(limit);\n}\n",
      KernelRules.PoolTime.beforePaging
    ),
    (
      "void __init bootmem_init(void)\n{\n\tsparse_init();\n\tdma_contiguous_reserve(x);\n}\n",
      .afterMemoryMap
    ),
    ("void __init bootmem_init(void)\n{\n\tdma_contiguous_reserve(x);\n\tsparse_init();\n}\n", nil),
    ("void __init bootmem_init(void)\n{\n\tdma_contiguous_reserve(x);\n}\n", .beforeMemoryMap),
    // Its declaration, a comment, and a call are not the function.
    (
      "void bootmem_init(void);\n/* bootmem_init() */\nint x(void)\n{\n\tbootmem_init();\n\tdma_contiguous_reserve(x);\n}\n",
      nil
    ),
    ("void __init bootmem_init(void)\n{\n\tdma_contiguous_reserve(", .beforeMemoryMap),
  ])
  func theOrderOfTwoCallsIsRead(text: String, time: KernelRules.PoolTime?) throws {
    let rules = try reading(["arch/arm64/mm/init.c": text])
    let reading = try #require(rules.reading)
    #expect(reading.read.contains("pool-time") == (time != nil))
    if let time { #expect(rules.poolTime == time) }
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
