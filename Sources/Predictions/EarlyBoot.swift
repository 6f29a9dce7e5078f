// SPDX-License-Identifier: Apache-2.0
import Quantities

/// An arm64 kernel's way through its early memory, step by step.
struct EarlyBoot {
  let facts: KernelFacts
  let input: EarlyMemory
  let argument: PoolArgument?
  var memblock: Memblock
  var prediction: Prediction
  /// The CMA areas so far, in order (cma_areas[]).
  var areas: [Prediction.Pool] = []
  /// Whether a node became the default pool.
  var hasDefaultArea = false
  var unknown: [String] = []
  /// How many regions the array of them has room for (total_reserved_mem_cnt), and where the
  /// dynamic ones lie.
  var allocatedRegionCount = 0
  var placedRegions: [(start: UInt64, size: UInt64)] = []
  /// The regions that were set up (reserved_mem[]).
  var savedRegions: [SavedRegion] = []

  var profile: KernelProfile { facts.profile }

  init(_ input: EarlyMemory, _ facts: KernelFacts) {
    self.input = input
    self.facts = facts
    argument = PoolArgument(commandLine: input.commandLine)
    memblock = Memblock(pageSize: facts.pageSize)
    prediction = Prediction(
      line: facts.profile.line, checkedRelease: facts.profile.checkedRelease, setting: .nothing,
      reason: "", alignment: ByteCount(facts.poolAlignment), assumptions: facts.assumptions,
      totalBytes: .zero)
  }

  /// start_kernel, setup_arch (arch/arm64/kernel/setup.c) and what it calls, up to the pools.
  mutating func run() {
    lookAtParameters()
    addMemory()
    reserve(input.deviceTree.start.value, input.deviceTree.size.bytes, "device tree")
    clipMemory()
    reserveInitramfsAndKernel()
    scanReservedMemory()
    mapMemory()
    if profile.regionOrder == .staticFirst { setUpStaticRegions() }
    unflattenTree()
    if profile.poolTime == .afterMemoryMap { makeMemoryMap() }
    reserveDefaultPool()
    finish()
  }

  // MARK: Steps

  /// Parameters that change early memory in a way that is not modelled.
  private mutating func lookAtParameters() {
    let known = [
      "hugetlb_cma", "cma_pernuma", "numa_cma", "movable_node", "kernelcore", "memtest",
      "debug_pagealloc", "rodata", "elfcorehdr", "reserve_mem", "efi", "acpi", "kho",
    ]
    for word in PoolArgument.words(input.commandLine) {
      let name = String(decoding: word.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      if known.contains(name) { unknown.append("the parameter '\(name)' is not modelled") }
    }
    unknown += facts.unmodelled
  }

  /// drivers/of/fdt.c, early_init_dt_add_memory_arch: whole pages.
  private mutating func addMemory() {
    let page = facts.pageSize
    for bank in input.banks {
      let start = (bank.start.value + page - 1) & ~(page - 1)
      let end = (bank.last.value &+ 1) & ~(page - 1)
      if start < end { memblock.add(start, size: end - start) }
    }
  }

  /// arch/arm64/mm/init.c, arm64_memblock_init: what the linear map cannot show, and `mem=`.
  private mutating func clipMemory() {
    memblock.remove(1 << facts.physicalAddressBits, size: .max)
    let linear: UInt64 = 1 << (facts.virtualAddressBits - 1)
    let end = input.kernel.value + facts.image.size
    memblock.remove(max(memoryStart + linear, end), size: .max)
    if memoryStart + linear < memblock.endOfMemory {
      unknown.append("RAM spans more than the linear map's \(ByteCount(linear))")
    }
    guard let limit = memoryLimit else { return }
    var rest = limit
    for region in memblock.memory {
      if rest <= region.size {
        memblock.remove(region.start + rest, size: .max)
        memblock.free(region.start + rest, size: .max)
        break
      }
      rest -= region.size
    }
    memblock.add(input.kernel.value, size: facts.image.size)
  }

  /// The last `mem=`, in whole pages (early_mem).
  private var memoryLimit: UInt64? {
    var limit: UInt64?
    let key = Array("mem=".utf8)
    for word in PoolArgument.words(input.commandLine) where word.starts(with: key) {
      var text = word.dropFirst(key.count)
      limit = PoolArgument.number(&text) & ~(facts.pageSize - 1)
    }
    return limit
  }

  /// memstart_addr: RAM's start, rounded down to ARM64_MEMSTART_ALIGN
  /// (arch/arm64/include/asm/kernel-pgtable.h).
  var memoryStart: UInt64 {
    let shift: UInt64 = facts.pageSize == 65_536 ? 29 : 30
    let align = max(1 << shift, facts.sectionSize)
    return memblock.startOfMemory & ~(align - 1)
  }

  private mutating func reserveInitramfsAndKernel() {
    if let initramfs = input.initramfs {
      let page = facts.pageSize
      let start = initramfs.start.value & ~(page - 1)
      let end = (initramfs.last.value + page) & ~(page - 1)
      memblock.add(start, size: end - start)
      reserve(start, end - start, "initramfs")
    }
    let offset = profile.reservesFromStext ? facts.image.textStart : 0
    reserve(input.kernel.value + offset, facts.image.size - offset, "kernel")
  }

  /// paging_init (arch/arm64/mm/mmu.c): the tables of the kernel's own mapping, of the linear map
  /// and of the identity map.
  private mutating func mapMemory() {
    let image = facts.image
    let kernel = input.kernel.value
    // Only congruence and distance of the virtual addresses count, not where they are.
    let kernelVirtual: UInt64 = 1 << 62
    let identityVirtual: UInt64 = 1 << 61
    var tables = PageTables(facts)
    if profile.mapsKernelEarly {
      for segment in image.segments {
        tables.map(
          kernelVirtual + segment.start, to: kernel + segment.start, size: segment.size,
          blocks: true)
      }
    }
    let blocks = !facts.mapsPages
    let start = memoryStart
    func mapLinear(_ from: UInt64, _ to: UInt64, blocks: Bool) {
      guard from < to else { return }
      tables.map(from - start, to: from, size: to - from, blocks: blocks)
    }
    let readOnly = kernel + (profile.reservesFromStext ? image.textStart : 0)
    let readOnlyEnd = kernel + image.initBegin
    if profile.linearMap == .pages {
      for region in memblock.memory where !region.isNoMap {
        mapLinear(region.start, region.end, blocks: blocks)
      }
    } else {
      // What is read-only is mapped by itself, so that it can be protected later.
      var mapped = memblock
      mapped.setNoMap(true, readOnly, size: readOnlyEnd - readOnly)
      for region in mapped.memory where !region.isNoMap {
        mapLinear(region.start, region.end, blocks: blocks)
      }
      mapLinear(readOnly, readOnlyEnd, blocks: true)
    }
    takePages(tables.count, "page tables")
    if profile.mapsKernelEarly, let first = image.firstTables {
      memblock.free(kernel + first.start, size: first.size)
    }
    if profile.mapsIdentityEarly {
      var identity = PageTables(facts)
      identity.map(identityVirtual, to: kernel, size: facts.pageSize, blocks: false)
      takePages(identity.count, "page tables")
    }
  }

  /// drivers/of/fdt.c, unflatten_device_tree, and of_alias_scan.
  private mutating func unflattenTree() {
    guard !input.tree.nodes.isEmpty else { return }
    take(input.tree.unflattenedBytes(profile), align: 8, "unflattened device tree")
    // sizeof(struct alias_prop), drivers/of/of_private.h.
    for stem in input.tree.aliasStemBytes {
      take(40 + UInt64(stem) + 1, align: 8, "device tree aliases")
    }
  }

  // MARK: Taking memory

  /// Reserves and notes down what lies in RAM.
  mutating func reserve(_ start: UInt64, _ size: UInt64, _ owner: String) {
    memblock.reserve(start, size: size)
    note(start, size, owner)
  }

  mutating func note(_ start: UInt64, _ size: UInt64, _ owner: String) {
    guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
      return
    }
    // Tables taken one after the other are one reservation to a reader.
    if let last = prediction.reservations.last, last.owner == owner,
      range.last.value &+ 1 == last.range.start.value,
      let both = PhysicalRange(start: range.start, last: last.range.last)
    {
      prediction.reservations[prediction.reservations.count - 1].range = both
    } else {
      prediction.reservations.append(.init(owner: owner, range: range))
    }
  }

  /// memblock_alloc; a kernel that is refused here panics.
  mutating func take(_ size: UInt64, align: UInt64, _ owner: String) {
    guard let start = memblock.allocateBlock(size: size, align: align) else {
      return fail(.earlyAllocation)
    }
    note(start, size, owner)
  }

  mutating func takePages(_ count: UInt64, _ owner: String) {
    guard count > 0 else { return }
    guard let runs = memblock.allocatePages(count) else { return fail(.earlyAllocation) }
    for run in runs { note(run.start, run.size, owner) }
  }

  mutating func fail(_ fatality: Prediction.Fatality) {
    if prediction.fatality == nil { prediction.fatality = fatality }
  }

  mutating func say(_ message: String) {
    prediction.messages.append(message)
  }
}
