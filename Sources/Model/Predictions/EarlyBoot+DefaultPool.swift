// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities

/// The default pool (kernel/dma/contiguous.c, dma_contiguous_reserve; mm/cma.c,
/// cma_declare_contiguous_nid).
extension EarlyBoot {
  /// Of the reservation of the pool that the kernel places itself.
  static var defaultPoolOwner: String { "default pool" }

  mutating func reserveDefaultPool() {
    guard facts.hasPools, memblock.endOfMemory > 0 else {
      prediction.reason = "the kernel is built without CONFIG_DMA_CMA"
      return
    }
    let zoneLimit = dmaLimit
    var size = facts.configuredPool.bytes(
      of: ByteCount(memblock.memorySize), pageSize: ByteCount(facts.pageSize)
    ).bytes
    var base: UInt64 = 0
    var limit = zoneLimit
    var isFixed = false
    if let argument {
      prediction.setting = .commandLine
      prediction.reason = "cma= on the command line goes before the device tree and Kconfig"
      size = argument.size
      base = argument.base
      if argument.limit != 0 {
        limit = rules.ownLimitReplaces ? argument.limit : min(argument.limit, zoneLimit)
      }
      isFixed = argument.isFixed
    } else if hasDefaultArea {
      prediction.setting = .deviceTree
      prediction.reason = "a node with linux,cma-default goes before Kconfig"
    } else if size > 0 {
      prediction.setting = .kconfig
      prediction.reason = "nothing but the kernel's configuration asks for a default pool"
    } else {
      prediction.reason = "no setting asks for a default pool"
    }
    guard size > 0, !hasDefaultArea else {
      if argument != nil { prediction.reason = "cma=0 asks for no default pool" }
      return
    }
    prediction.limit = PhysicalAddress(limit)
    declare(size: size, base: base, limit: limit, isFixed: isFixed)
  }

  /// cma_declare_contiguous_nid; sizes wrap in it as they do there.
  private mutating func declare(
    size asked: UInt64, base askedBase: UInt64, limit askedLimit: UInt64, isFixed: Bool
  ) {
    let align = facts.poolAlignment
    let end = memblock.endOfMemory
    let mask = facts.highestAddress
    func up(_ value: UInt64) -> UInt64 { (value &+ (align - 1)) & ~(align - 1) & mask }
    let size = up(asked)
    let shown = rules.printsAskedSize ? asked : size
    let refusal = "cma: Failed to reserve \(mebibytes(shown)) MiB\(rules.nodeSuffix)"

    guard areas.count < facts.areaSlots else {
      say("cma: Not enough slots for CMA reserved regions!")
      if rules.printsAskedSize { say(refusal) }
      return refuse("all \(facts.areaSlots) areas are taken", refusal)
    }
    if isFixed, askedBase & (align - 1) != 0 {
      say("cma: Region at \(padded(askedBase)) must be aligned to \(padded(align)) bytes")
      // Refused before the size is rounded.
      let words = "cma: Failed to reserve \(mebibytes(asked)) MiB\(rules.nodeSuffix)"
      say(words)
      return refuse("its base is not a multiple of \(ByteCount(align))", words)
    }
    let base = up(askedBase)
    var limit = askedLimit & ~(align - 1)
    let isFixed = isFixed && base != 0
    let border = highMemoryStart
    if isFixed, rules.refusesPoolAcrossBoundary, base < border, (base &+ size) & mask > border {
      say(
        "cma: Region at \(padded(base)) defined on low/high memory boundary "
          + "(\(padded(border)))")
      say(refusal)
      return refuse(
        border == end ? "it reaches past the end of RAM" : "it reaches from lowmem into highmem",
        refusal)
    }
    if limit == 0 || limit > end { limit = end }
    if (base &+ size) & mask > limit {
      say(
        "cma: Size (\(padded(size))) of region at \(padded(base)) exceeds limit "
          + "(\(padded(limit)))")
      say(refusal)
      return refuse("it reaches past \(PhysicalAddress(limit)), where the search ends", refusal)
    }
    // Rounding up may have wrapped (cma_init_reserved_mem refuses it).
    guard size > 0 else {
      say(refusal)
      return refuse("it is larger than all addresses", refusal)
    }
    var found: UInt64?
    if isFixed {
      if !memblock.isReserved(base, size: size) {
        memblock.reserve(base, size: size)
        found = base
      }
    } else {
      found = findPool(size: size, base: base, limit: limit, border: border)
    }
    guard let found else {
      say(refusal)
      return refuse(
        isFixed
          ? "a part of it is taken" : "no hole below \(PhysicalAddress(limit)) is large enough",
        refusal)
    }
    note(found, size, Self.defaultPoolOwner)
    addArea("reserved", found, size, isDefault: true)
    let at = "cma: Reserved \(mebibytes(shown)) MiB at \(padded(found))\(rules.nodeSuffix)"
    say(at)
  }

  /// The search of what is not fixed: above lowmem first, then above 4 GiB, then from the base on.
  ///
  /// Up to 6.12 what the first step finds is forgotten by the second one, and stays reserved: then
  /// the pool comes to lie in lowmem.
  private mutating func findPool(
    size: UInt64, base: UInt64, limit askedLimit: UInt64, border: UInt64
  ) -> UInt64? {
    let fourGiB: UInt64 = 1 << 32
    let align = facts.poolAlignment
    var limit = askedLimit
    var found: UInt64?
    if base < border, limit > border {
      found = memblock.allocate(size: size, align: align, from: border, limit: limit)
      limit = border
    }
    let triesFromFourGiB =
      switch rules.highSearch {
      case .never: false
      case .endOfMemory: memblock.endOfMemory >= fourGiB &+ size
      case .limit: limit >= fourGiB &+ size
      }
    if triesFromFourGiB, facts.highestAddress > fourGiB {
      if let found { note(found, size, "highmem that a pool gave up") }
      found = memblock.allocate(
        size: size, align: align, from: fourGiB, limit: limit, .bottomUp)
    }
    return found ?? memblock.allocate(size: size, align: align, from: base, limit: limit)
  }

  private mutating func refuse(_ reason: String, _ words: String) {
    prediction.refusal = words
    prediction.reason += "; it is refused: \(reason)"
  }

  /// cma_init_reserved_mem's part that cannot fail any more.
  mutating func addArea(_ name: String, _ start: UInt64, _ size: UInt64, isDefault: Bool) {
    guard let range = PhysicalRange(at: start, bytes: size) else {
      return
    }
    areas.append(.init(name: name, range: range, isDefault: isDefault, isActive: true))
  }
}
