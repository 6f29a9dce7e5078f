// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities

/// What a prediction has to know of one kernel: its line, what its .config decides, and where the
/// parts of its image lie.
package struct KernelFacts: Hashable, Sendable {
  package var rules: KernelRules
  /// The options of its .config that are set, without `CONFIG_`.
  package internal(set) var configuration: [String: String]
  /// What has to be left to a kernel of which nobody measured what it needs, to call a pool safe.
  ///
  /// More than twice of what guests of a distribution's 6.1 and 7.2 with 2 GiB and one CPU died with: those
  /// with cma=1940M and 1928M died, those with 1930M and 1915M lived.
  package static let cautiousRoom = ByteCount.mebibytes(128)

  /// What only a 32-bit ARM kernel's configuration decides; nil for an arm64 kernel.
  package var arm: ARMFacts?
  /// CONFIG_DMA_CMA: without it nothing is reserved by default, nor by reserved-memory.
  var hasPools: Bool
  package var pageSize: UInt64
  /// The order of the largest block of the buddy allocator: 10 is 1024 pages.
  package var largestOrder: UInt64
  /// pageblock_order.
  package var pageblockOrder: UInt64
  /// The default pool without `cma=`.
  package var configuredPool: KconfigPool
  /// MAX_CMA_AREAS.
  var areaSlots: Int
  var virtualAddressBits: UInt64
  var physicalAddressBits: UInt64
  var hasDMAZone: Bool
  var hasDMA32Zone: Bool
  /// Whether the linear map consists of pages only.
  var mapsPages: Bool
  /// CONFIG_DMA_DECLARE_COHERENT: a `shared-dma-pool` that is not reusable has a driver.
  var hasCoherentPools: Bool
  /// CONFIG_SWIOTLB.
  var hasBounceBuffers: Bool
  /// Whether `crashkernel=` means anything: CONFIG_KEXEC_CORE, since 6.9 CONFIG_CRASH_RESERVE, on
  /// 32-bit ARM CONFIG_KEXEC.
  var hasCrashKernel: Bool
  /// CONFIG_CRASH_DUMP: the kernel can be the one that saves a crashed one's memory.
  var savesCrashes: Bool
  /// sizeof(struct mem_section): with CONFIG_PAGE_EXTENSION there is more in it (include/linux/mmzone.h).
  var sectionDescriptionBytes: UInt64 = 16
  /// KFENCE's pool, where it is taken before the linear map is made; else nil.
  var fencePoolBytes: UInt64?
  /// What the data of a machine's one node take, within bounds; nil without CONFIG_NUMA.
  package var nodeDataBytes: ClosedRange<UInt64>?
  package var image: ImageFacts
  /// Whether guests showed what such a kernel needs beside its pools: one of cmalab's own configuration,
  /// which has little that it does not need.
  package var needsAreMeasured = true
  /// What was taken for granted, one sentence each; empty where everything was read.
  package var assumptions: [String] = []
  /// What of this kernel is not modelled, and changes where pools go.
  package var unmodelled: [String] = []

  /// The same kernel with another default pool in its configuration.
  package mutating func configure(_ pool: KconfigPool) {
    configuredPool = pool
    for option in pool.options {
      configuration[String(option.name.dropFirst("CONFIG_".count))] = option.value
    }
  }

  /// The same kernel with CONFIG_ZONE_DMA, on 32-bit ARM.
  package mutating func addDMAZone() {
    arm?.hasDMAZone = true
    configuration["ZONE_DMA"] = "y"
  }

  package var architecture: Architecture { arm == nil ? .arm64 : .arm }

  /// The configuration with which a kernel of other rules has the same largest block: 6.4 counts
  /// ARCH_FORCE_MAX_ORDER (until 5.19 FORCE_MAX_ZONEORDER) by one less, and its default with it
  /// (arch/arm64/Kconfig).
  package func configuration(with rules: KernelRules) -> [String: String] {
    let order = "\(rules.maxOrderIsExclusive ? largestOrder + 1 : largestOrder)"
    return configuration.merging(
      ["ARCH_FORCE_MAX_ORDER", "FORCE_MAX_ZONEORDER"].filter { configuration[$0] != nil }
        .map { ($0, order) }
    ) { $1 }
  }

  /// CMA_MIN_ALIGNMENT_BYTES.
  package var poolAlignment: UInt64 {
    rules.poolAlignment(
      pageblock: pageSize << pageblockOrder, largestBlock: pageSize << largestOrder)
  }

  /// PMD_SIZE: what one entry of the last but one table level maps.
  var blockSize: UInt64 { pageSize * (pageSize / 8) }

  /// PHYS_ADDR_MAX: the highest number that a phys_addr_t holds.
  package var highestAddress: UInt64 {
    guard let arm, !arm.hasLPAE else { return .max }
    return UInt64(UInt32.max)
  }

  /// The release on which such a kernel was compared with running guests.
  var checkedRelease: String {
    rules.checkedRelease(on: architecture).map { "\($0)" } ?? "none"
  }

  /// ULONG_MAX.
  var longMask: UInt64 {
    switch architecture {
    case .arm64: .max
    case .arm: UInt64(UInt32.max)
    }
  }

  /// How far from the start of RAM the kernel finds RAM at all; nil where there is no such limit.
  package var reach: UInt64? {
    switch architecture {
    // The linear map's (arch/arm64/mm/init.c, arm64_memblock_init).
    case .arm64: 1 << (virtualAddressBits - 1)
    // What is not mapped is highmem.
    case .arm: nil
    }
  }

  /// SECTION_SIZE_BITS.
  var sectionSize: UInt64 {
    1 << (pageSize == 65_536 ? rules.sectionBits.large : rules.sectionBits.small)
  }
}

/// Where the parts of a kernel image lie, as offsets from its first byte (`_text`).
package struct ImageFacts: Hashable, Sendable {
  /// image_size of its header: up to `_end`.
  package var size: UInt64
  /// From what the kernel takes for the start of RAM to its first byte: TEXT_OFFSET of a 32-bit ARM
  /// kernel, 0 on arm64.
  package var textOffset: UInt64 = 0
  /// `_stext`.
  var textStart: UInt64
  /// The segments that map_kernel maps one by one (arch/arm64/mm/mmu.c): start and end.
  package var segments: [Memblock.Region]
  /// `__init_begin`: the end of what the linear map shows read-only.
  var initBegin: UInt64
  var initEnd: UInt64
  /// `__bss_stop`.
  var bssEnd: UInt64
  /// `init_pg_dir` … `init_pg_end`, given back by paging_init before 6.9; nil where not known.
  var firstTables: Memblock.Region?

  /// From the addresses in a System.map; nil where one of them is missing.
  package init?(size: UInt64, symbols: [String: UInt64]) {
    guard let text = symbols["_text"] else { return nil }
    func offset(_ name: String) -> UInt64? {
      symbols[name].flatMap { $0 >= text ? $0 - text : nil }
    }
    guard let stext = offset("_stext"), let etext = offset("_etext"),
      let rodata = offset("__start_rodata"), let initText = offset("__inittext_begin"),
      let initTextEnd = offset("__inittext_end"), let initData = offset("__initdata_begin"),
      let initDataEnd = offset("__initdata_end"), let data = offset("_data"),
      let end = offset("_end"), let initBegin = offset("__init_begin"),
      let initEnd = offset("__init_end"), let bssEnd = offset("__bss_stop")
    else { return nil }
    self.size = size
    textStart = stext
    segments = [
      .init(stext, etext), .init(rodata, initText), .init(initText, initTextEnd),
      .init(initData, initDataEnd), .init(data, end),
    ].filter { $0.start < $0.end }
    self.initBegin = initBegin
    self.initEnd = initEnd
    self.bssEnd = bssEnd
    if let start = offset("init_pg_dir"), let stop = offset("init_pg_end"), start < stop {
      firstTables = .init(start, stop)
    } else {
      firstTables = nil
    }
  }

  /// The symbols that ``init(size:symbols:)`` reads.
  package static let symbolNames: Set<String> = [
    "_text", "_stext", "_etext", "__start_rodata", "__inittext_begin", "__inittext_end",
    "__initdata_begin", "__initdata_end", "_data", "_end", "__init_begin", "__init_end",
    "__bss_stop", "init_pg_dir", "init_pg_end",
  ]

  /// An image of which only the size is known: one segment, text from 64 KiB on (SEGMENT_ALIGN in
  /// arch/arm64/include/asm/memory.h), read-only up to its middle.
  package init(size: UInt64) {
    self.size = size
    textStart = 0x10000
    let middle = (size / 2) & ~0xffff
    segments = [
      .init(textStart, max(middle, textStart + 1)), .init(max(middle, textStart + 1), size),
    ]
    initBegin = max(middle, textStart + 1)
    initEnd = initBegin
    bssEnd = size
    firstTables = nil
  }
}
