// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

extension KernelFacts {
  /// Reads what the .config of an arm64 kernel decides.
  ///
  /// - Parameter configuration: options by name, without `CONFIG_`; those that are not set are
  ///   missing.
  package init(rules: KernelRules, configuration: [String: String], image: ImageFacts) {
    func isOn(_ name: String) -> Bool { configuration[name] == "y" }
    func number(_ name: String) -> UInt64? { configuration[name].flatMap { UInt64($0) } }

    self.rules = rules
    self.configuration = configuration
    hasPools = isOn("DMA_CMA")
    let pages: PageSize =
      isOn("ARM64_64K_PAGES") ? .sixtyFourKiB : isOn("ARM64_16K_PAGES") ? .sixteenKiB : .fourKiB
    pageSize = pages.size.bytes
    // FORCE_MAX_ZONEORDER until 5.19.
    let asked = number("ARCH_FORCE_MAX_ORDER") ?? number("FORCE_MAX_ZONEORDER")
    largestOrder = asked.map { rules.maxOrderIsExclusive ? $0 - 1 : $0 } ?? pages.largestOrder
    let hugeOrder: UInt64 = pageSize == 65_536 ? 13 : pageSize == 16_384 ? 11 : 9
    let blockLimit = min(largestOrder, number("PAGE_BLOCK_MAX_ORDER") ?? largestOrder)
    let hasHugeBlocks =
      isOn("HUGETLB_PAGE") || rules.hugePagesSetPageblock && isOn("TRANSPARENT_HUGEPAGE")
    pageblockOrder =
      hasHugeBlocks
      ? (rules.hugePagesExceedLargestOrder ? hugeOrder : min(hugeOrder, blockLimit)) : blockLimit

    configuredPool = KconfigPool { configuration[String($0.dropFirst("CONFIG_".count))] }
    areaSlots = Int(number("CMA_AREAS") ?? 7) + rules.extraAreas
    // On CPUs without FEAT_LPA2 or FEAT_LVA, a kernel for 52 bits lays memory out as one for 48
    // (arch/arm64/include/asm/memory.h, VA_BITS_MIN; pgtable-prot.h, PHYS_MASK_SHIFT).
    virtualAddressBits = min(number("ARM64_VA_BITS") ?? 48, 48)
    physicalAddressBits = isOn("ARM64_LPA2") ? 48 : number("ARM64_PA_BITS") ?? 48
    hasDMAZone = isOn("ZONE_DMA")
    hasDMA32Zone = isOn("ZONE_DMA32")
    // With an interval of 0 it waits for a user to start it (mm/kfence/core.c, kfence_early_init).
    let fencesFromStart = isOn("KFENCE") && configuration["KFENCE_SAMPLE_INTERVAL"] != "0"
    mapsPages =
      rules.linearMap == .pages || isOn("RODATA_FULL_DEFAULT_ENABLED")
      || isOn("DEBUG_PAGEALLOC_ENABLE_DEFAULT")
      || isOn("KFENCE") && !(rules.takesFencePoolEarly && fencesFromStart)
    if fencesFromStart, rules.takesFencePoolEarly {
      // include/linux/kfence.h, KFENCE_POOL_SIZE
      fencePoolBytes = ((number("KFENCE_NUM_OBJECTS") ?? 255) + 1) * 2 * pageSize
    }
    // drivers/of/Kconfig, OF_EARLY_FLATTREE selects DMA_DECLARE_COHERENT.
    hasCoherentPools = true
    savesCrashes = isOn("CRASH_DUMP")
    hasBounceBuffers = isOn("SWIOTLB")
    // What selects them is looked at too: a configuration may be one of fragments.
    hasCrashKernel =
      switch rules.crashKernelOption {
      case .crashReserve: isOn("CRASH_RESERVE") || isOn("CRASH_DUMP")
      case .kexec: isOn("KEXEC_CORE") || isOn("KEXEC") || isOn("KEXEC_FILE")
      }
    sectionDescriptionBytes = isOn("PAGE_EXTENSION") ? 32 : 16
    nodeDataBytes = Self.nodeDataBytes(of: configuration)
    self.image = image

    if !isOn("SPARSEMEM_VMEMMAP") { unmodelled.append("a memory map without SPARSEMEM_VMEMMAP") }
    if isOn("KASAN") { unmodelled.append("CONFIG_KASAN, whose shadow comes before the pool") }
    if number("ARM64_VA_BITS") == 52 {
      assumptions.append("the CPUs have no 52-bit addresses (FEAT_LPA2, FEAT_LVA)")
    }
    if isOn("RANDOMIZE_BASE") {
      assumptions.append("the linear map is not moved at random (no kaslr-seed)")
    }
    if isOn("DEBUG_LOCK_ALLOC") {
      unmodelled.append("lockdep, which makes the unflattened tree larger")
    }
  }
}
