// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A kernel's way through its early memory, step by step: what is the same on every architecture.
///
/// The order of the steps, and what else takes memory, is the architecture's (EarlyBoot+ARM64.swift,
/// EarlyBoot+ARM.swift).
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
  /// arm_lowmem_limit: where highmem begins on 32-bit ARM.
  var lowMemoryEnd: UInt64 = 0

  var rules: KernelRules { facts.rules }

  init(_ input: EarlyMemory, _ facts: KernelFacts) {
    self.input = input.truncated(to: facts.highestAddress)
    self.facts = facts
    argument = PoolArgument(
      commandLine: input.commandLine, highestAddress: facts.highestAddress)
    memblock = Memblock(pageSize: facts.pageSize, highestAddress: facts.highestAddress)
    prediction = Prediction(
      line: facts.rules.line, checkedRelease: facts.checkedRelease, reason: "",
      alignment: ByteCount(facts.poolAlignment), assumptions: facts.assumptions,
      totalBytes: .zero)
  }

  // MARK: Steps

  /// Parameters that change early memory in a way that is not modelled.
  mutating func lookAtParameters() {
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

  /// drivers/of/fdt.c, unflatten_device_tree, and of_alias_scan.
  mutating func unflattenTree() {
    guard !input.tree.nodes.isEmpty else { return }
    let (node, property) = nodeSizes
    take(
      input.tree.unflattenedBytes(nodeBytes: node, propertyBytes: property), align: 8,
      "unflattened device tree")
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
    guard let range = PhysicalRange(at: start, bytes: size) else {
      return
    }
    // Tables taken one after the other are one reservation to a reader.
    if let last = prediction.reservations.last, last.owner == owner, range < last.range,
      let both = range.joined(to: last.range)
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

  /// As printk's %pa writes it: all digits of a phys_addr_t.
  func padded(_ value: UInt64) -> String {
    let width = facts.highestAddress.bitWidth - facts.highestAddress.leadingZeroBitCount
    return padded(value & facts.highestAddress, width / 4)
  }

  /// As printk's 0x%0…llx writes it, with so many digits at least.
  func padded(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// In MiB as `(unsigned long)size / SZ_1M` is: what a long does not hold is lost.
  func mebibytes(_ size: UInt64) -> UInt64 { (size & facts.longMask) >> 20 }
}
