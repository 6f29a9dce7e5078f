// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a 32-bit ARM kernel's configuration decides besides what every kernel's does.
package struct ARMFacts: Hashable, Sendable {
  /// CONFIG_ARM_LPAE: descriptors of 64 bits, and so physical addresses beyond 4 GiB.
  package var hasLPAE: Bool
  /// CONFIG_HIGHMEM: without it, RAM beyond the kernel's own mapping is left out.
  var hasHighMemory: Bool
  /// CONFIG_SPARSEMEM; else one memory map from the start of RAM to its end.
  var isSparse: Bool
  /// CONFIG_PAGE_OFFSET: where the kernel's own mapping begins.
  package var pageOffset: UInt64
  /// CONFIG_ZONE_DMA: the pool is looked for below what the machine's DMA engines reach.
  var hasDMAZone: Bool
  /// sizeof(struct page) where pointers have 32 bits (include/linux/mm_types.h): 32, and 4 more with
  /// CONFIG_MEMCG.
  var pageStructBytes: UInt64

  /// - Parameter configuration: options by name, without `CONFIG_`; those that are not set are
  ///   missing.
  package init(configuration: [String: String]) {
    func isOn(_ name: String) -> Bool { configuration[name] == "y" }
    let splits: [(String, UInt64)] = [
      ("VMSPLIT_3G_OPT", 0xb000_0000), ("VMSPLIT_2G", 0x8000_0000), ("VMSPLIT_1G", 0x4000_0000),
    ]
    hasLPAE = isOn("ARM_LPAE")
    hasHighMemory = isOn("HIGHMEM")
    isSparse = isOn("SPARSEMEM") || isOn("SPARSEMEM_MANUAL")
    pageOffset = splits.first { isOn($0.0) }?.1 ?? 0xc000_0000
    hasDMAZone = isOn("ZONE_DMA")
    pageStructBytes = isOn("MEMCG") ? 36 : 32
  }

  /// TEXT_OFFSET: from the start of RAM to the kernel's first byte (arch/arm/Makefile, textofs-y; of
  /// several the last one counts).
  package static func textOffset(configuration: [String: String]) -> UInt64 {
    let offsets: [(options: [String], offset: UInt64)] = [
      (["PM_H1940", "ARCH_REALTEK"], 0x10_8000),
      (
        ["ARCH_IPQ40XX", "ARCH_MSM8X60", "ARCH_MSM8960", "ARCH_QCOM_RESERVE_SMEM", "ARCH_MESON"],
        0x20_8000
      ),
      (["ARCH_AXXIA"], 0x30_8000),
    ]
    return offsets.last { $0.options.contains { configuration[$0] == "y" } }?.offset ?? 0x8000
  }

  /// arch/arm/include/asm/pgtable-2level-hwdef.h and pgtable-3level-hwdef.h, SECTION_SIZE.
  var sectionSize: UInt64 { hasLPAE ? 2 << 20 : 1 << 20 }

  /// PG_DIR_SIZE (arch/arm/kernel/head.S): the first tables, right below the kernel.
  var firstTablesSize: UInt64 { hasLPAE ? 0x5000 : 0x4000 }
}

extension KernelFacts {
  /// Whether a pool may find no place where a larger one does: what a search above lowmem found is
  /// forgotten by a second one above 4 GiB, which the kernel makes for pools that are not too large
  /// for that (mm/cma.c, cma_declare_contiguous_nid of 6.1).
  var forgetsHighMemory: Bool {
    guard let arm else { return false }
    return arm.hasLPAE && rules.highSearch == .endOfMemory
  }

  /// Reads what the .config of a 32-bit ARM kernel decides.
  ///
  /// - Parameter configuration: options by name, without `CONFIG_`; those that are not set are
  ///   missing. Options that follow from others need not be there.
  package init(
    armRules rules: KernelRules, configuration: [String: String], image: ImageFacts
  ) {
    func isOn(_ name: String) -> Bool { configuration[name] == "y" }
    func number(_ name: String) -> UInt64? { configuration[name].flatMap { UInt64($0) } }

    let arm = ARMFacts(configuration: configuration)
    self.init(rules: rules, configuration: configuration, image: image)
    self.arm = arm
    pageSize = 4096
    virtualAddressBits = 32
    physicalAddressBits = arm.hasLPAE ? 40 : 32
    hasDMA32Zone = false
    mapsPages = false
    // arch/arm/Kconfig and arch/arm/mm/Kconfig select it.
    hasBounceBuffers = arm.hasLPAE
    if rules.crashKernelOption == .kexec { hasCrashKernel = isOn("KEXEC") }

    unmodelled = []
    assumptions = []
    if !rules.isChecked(on: .arm) {
      unmodelled.append("32-bit ARM on \(rules.line), which was not compared with guests")
    }
    if isOn("XIP_KERNEL") { unmodelled.append("CONFIG_XIP_KERNEL, whose image is not in RAM") }
    if isOn("KASAN") { unmodelled.append("CONFIG_KASAN, whose shadow takes lowmem") }
    if number("ARCH_FORCE_MAX_ORDER") ?? 11 < 10 {
      unmodelled.append("a small CONFIG_ARCH_FORCE_MAX_ORDER")
    }
  }
}

extension ImageFacts {
  /// From the addresses in the System.map of a 32-bit ARM kernel; nil where one of them is missing.
  ///
  /// - Parameter pageOffset: ``ARMFacts/pageOffset``.
  package init?(armSymbols symbols: [String: UInt64], pageOffset: UInt64) {
    guard let text = symbols["_text"], let stext = symbols["_stext"], let end = symbols["_end"],
      let initBegin = symbols["__init_begin"], let initEnd = symbols["__init_end"],
      pageOffset <= text, text <= stext, stext < initBegin, initBegin <= initEnd, initEnd <= end
    else { return nil }
    self.init(armSize: end - text)
    textStart = stext - text
    textOffset = text - pageOffset
    self.initBegin = initBegin - text
    self.initEnd = initEnd - text
  }

  /// A 32-bit ARM image of which only the size is known.
  ///
  /// - Parameter offset: ``ARMFacts/textOffset(configuration:)``.
  package init(armSize size: UInt64, textOffset offset: UInt64 = 0x8000) {
    self.init(size: size)
    segments = []
    textOffset = offset
    // The exception table and what else is before `_stext` (arch/arm/kernel/vmlinux.lds.S).
    textStart = 0x200
    firstTables = nil
  }
}
