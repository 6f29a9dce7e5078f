// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import MemoryRequests
import Predictions
import Quantities
import Records

/// Where pools and regions lie: what the kernel does not look at, or does without a word.
struct PlaceRules {
  let rules: TreeRules
  let facts: KernelFacts
  let prediction: Prediction
  let memory: EarlyMemory
  /// Whether it is known where the files of the boot lie.
  let isPlaced: Bool

  func findings() -> [Finding] {
    outsideMemory + overKernel + overBootData + outOfReach + rounded + starved
  }

  /// The pools that have an address in the tree.
  private var fixedPools: [(name: String, range: PhysicalRange)] {
    fixedRegions.filter { region in
      prediction.pools.contains { $0.name == region.node.name }
    }.map { ($0.node.name, $0.range) }
  }

  private var fixedRegions: [(node: EarlyMemory.Node, range: PhysicalRange)] {
    guard memory.reservedMemory?.isSupported == true else { return [] }
    return (memory.reservedMemory?.nodes ?? []).compactMap { node in
      guard case .fixed(let entries) = node.placement, let first = entries.first,
        let range = PhysicalRange(
          start: PhysicalAddress(first.start), size: ByteCount(first.size))
      else { return nil }
      return (node, range)
    }
  }

  private func problem(_ range: PhysicalRange, _ words: String) -> String { "\(range) \(words)" }

  // MARK: Outside of RAM, over the kernel

  private var outsideMemory: [Finding] {
    fixedRegions.compactMap { node, range in
      guard let outside = range.subtracting(memory.banks).first else { return nil }
      let isPool = node.isSharedPool && node.isReusable && !node.isNoMap
      return Finding(
        rule: isPool ? "pool-outside-memory" : "region-outside-memory",
        severity: isPool ? .error : .note, place: rules.place(node.name, "reg"),
        problem: problem(outside, "is no RAM"),
        consequence: isPool
          ? "pages that do not exist are given to the page allocator: counters underflow, and the "
            + "kernel panics or corrupts itself"
          : "the range is noted, and there is nothing to set aside",
        message: nil,
        origin: isPool
          ? "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not whether it "
            + "is RAM"
          : "drivers/of/of_reserved_mem.c, early_init_dt_reserve_memory",
        remedy: isPool
          ? "move the region into a bank, or write size and alloc-ranges"
          : "leave it away unless it keeps the kernel from mapping something there")
    }
  }

  private var overKernel: [Finding] {
    guard
      let kernel = PhysicalRange(start: memory.kernel, size: ByteCount(facts.image.size))
    else { return [] }
    return fixedPools.filter { $0.range.overlaps(kernel) }.map { name, range in
      Finding(
        rule: "pool-over-kernel", severity: isPlaced ? .error : .warning,
        place: rules.place(name, "reg"), problem: problem(range, "has the kernel at \(kernel)"),
        consequence: "pages of the kernel itself are given to the page allocator",
        message: "BUG: Bad page state in process",
        origin: "mm/cma.c, cma_init_reserved_mem: it "
          + "asks whether the range is reserved, not by whom",
        remedy: "move the region away from the kernel, or write size and alloc-ranges")
    }
  }

  private var overBootData: [Finding] {
    guard isPlaced else { return [] }
    let files =
      [("device tree", memory.deviceTree)] + (memory.initramfs.map { [("initramfs", $0)] } ?? [])
    return fixedPools.flatMap { name, range in
      files.filter { range.overlaps($0.1) }.prefix(1).map { what, place in
        Finding(
          rule: "pool-over-boot-data", severity: .error, place: rules.place(name, "reg"),
          problem: problem(range, "has the \(what) at \(place)"),
          consequence: "pages of the \(what) are given to the page allocator, twice where they are "
            + "freed after the boot", message: nil,
          origin: "mm/cma.c, cma_init_reserved_mem: it asks whether the range is reserved, not by "
            + "whom",
          remedy: "move the region, or have the boot loader put the \(what) elsewhere")
      }
    }
  }

  // MARK: Reach

  /// The default pool, and pools that are asked for by name, beyond what devices reach.
  private var outOfReach: [Finding] {
    prediction.pools.compactMap { pool in
      let place =
        pool.isPlacedByKernel
        ? Finding.Place(key: "/chosen:bootargs") : rules.placement(of: pool.name)
      if let limit = memory.dmaLimit, pool.range.last > limit {
        return Finding(
          rule: "dma-limit", severity: .warning, place: place,
          problem: problem(pool.range, "lies beyond \(limit), where dma-ranges end"),
          consequence: "devices on that bus cannot use it: an allocation falls back to other "
            + "memory without a word, or fails", message: nil,
          origin: "kernel/dma/direct.c, dma_coherent_ok",
          remedy: "give alloc-ranges below \(limit)")
      }
      guard pool.isDefault, pool.range.last.value >> 32 > 0 else { return nil }
      return Finding(
        rule: "dma-mask", severity: .warning, place: place,
        problem: problem(pool.range, "lies above 4 GiB"),
        consequence: "a device with the usual 32-bit DMA mask gets other memory without a word, or "
          + "none", message: nil,
        origin: "drivers/of/platform.c, of_platform_device_create_pdata (the mask); "
          + "kernel/dma/direct.c, dma_coherent_ok",
        remedy: "give alloc-ranges below 4 GiB, or have drivers set a wider mask")
    }
  }

  // MARK: Sizes

  /// `cma=` is rounded up without a word.
  private var rounded: [Finding] {
    guard prediction.setting == .commandLine, prediction.refusal == nil,
      let argument = PoolArgument(commandLine: memory.commandLine),
      let pool = prediction.defaultPool, pool.range.size.bytes != argument.size
    else { return [] }
    return [
      Finding(
        rule: "rounded", severity: .note, place: .init(key: "/chosen:bootargs"),
        problem: "cma= asks for \(ByteCount(argument.size)), which is no multiple of "
          + "\(ByteCount(facts.poolAlignment))",
        consequence: "the pool has \(pool.range.size)",
        message: prediction.messages.first { $0.hasPrefix("cma: Reserved ") },
        origin: "mm/cma.c, cma_declare_contiguous_nid",
        remedy: "give a multiple of \(ByteCount(facts.poolAlignment)) where the size matters")
    ]
  }

  /// Of RAM that this kernel does not get along with, whatever its pools.
  private func unusable(_ fatality: Prediction.Fatality) -> Finding {
    let (origin, remedy) =
      switch (fatality, facts.architecture) {
      case (.mixedMapping, .arm64):
        (
          "arch/arm64/mm/mmu.c, pgattr_change_is_safe",
          "begin and end no-map regions at multiples of \(ByteCount(facts.pageSize))"
        )
      case (.mixedMapping, .arm):
        (
          "arch/arm/mm/mmu.c, arm_pte_alloc",
          "begin and end banks and no-map regions at multiples of 2 MiB, or build with LPAE"
        )
      default:
        (
          "mm/memblock.c, __free_memory_core",
          "leave the last 2 MiB below 4 GiB out of the bank, or build with LPAE"
        )
      }
    return Finding(
      rule: "unusable-memory", severity: .error, place: .init(key: "/"), problem: fatality.words,
      consequence: "the kernel dies, mostly without a word", message: nil, origin: origin,
      remedy: remedy)
  }

  private var starved: [Finding] {
    guard let fatality = prediction.fatality else { return [] }
    if fatality.isOfLayout { return [unusable(fatality)] }
    let largest = prediction.pools.max { $0.range.size < $1.range.size }
    return [
      Finding(
        rule: "starved", severity: .error,
        place: largest.map {
          $0.isPlacedByKernel ? .init(key: "/chosen:bootargs") : rules.placement(of: $0.name)
        }
          ?? .init(key: "/"),
        problem: fatality.words, consequence: "the kernel panics",
        message: fatality == .outOfMemory ? "Kernel panic - not syncing" : nil,
        origin: "mm/oom_kill.c, out_of_memory; mm/memblock.c", remedy: "ask for less: 'cmalab max'")
    ]
  }
}
