// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

/// The default pool (kernel/dma/contiguous.c, dma_contiguous_reserve; mm/cma.c,
/// cma_declare_contiguous_nid).
extension EarlyBoot {
  mutating func reserveDefaultPool() {
    guard facts.hasPools, memblock.endOfMemory > 0 else { return log.decide(.noPools) }
    let zoneLimit = machine.dmaLimit(memblock)
    if let argument, rules.overriddenDefault != .never || !areas.hasDefault {
      guard argument.size > 0, !areas.hasDefault else { return log.decide(.commandLineZero) }
      log.decide(.commandLine)
      var limit = zoneLimit
      if argument.limit != 0 {
        limit = rules.ownLimitReplaces ? argument.limit : min(argument.limit, zoneLimit)
      }
      return declare(
        .init(
          size: argument.size, base: argument.base, limit: limit, isFixed: argument.isFixed))
    }
    guard !areas.hasDefault else { return log.decide(.deviceTree) }
    let configured = facts.configuredPool.bytes(
      of: ByteCount(memblock.memorySize), pageSize: ByteCount(facts.pageSize))
    guard configured > .zero else {
      let nodes = input.reservedMemory?.nodes ?? []
      return log.decide(nodes.contains { $0.isDefault && $0.isPool } ? .refusedNode : .nothing)
    }
    log.decide(.kconfig)
    declare(.init(size: configured.bytes, base: 0, limit: zoneLimit, isFixed: false))
  }

  /// cma_declare_contiguous_nid; sizes wrap in it as they do there.
  private mutating func declare(_ asked: AskedPool) {
    log.search(upTo: asked.limit)
    let align = facts.poolAlignment
    func up(_ value: UInt64) -> UInt64 { value.alignedUp(to: align) & facts.highestAddress }
    let size = up(asked.size)
    let words = "MiB\(rules.nodeSuffix)"
    let shown = facts.mebibytes(rules.printsAskedSize ? asked.size : size)
    let refusal = "cma: Failed to reserve \(shown) \(words)"

    guard !areas.isFull else {
      log.say("cma: Not enough slots for CMA reserved regions!")
      // Older kernels return before they print another line.
      if rules.printsAskedSize { log.say(refusal) }
      return log.refusePool(.noArea(areas.slots), refusal)
    }
    if asked.isFixed, asked.base & (align - 1) != 0 {
      log.say(
        "cma: Region at \(facts.padded(asked.base)) must be aligned to \(facts.padded(align)) bytes"
      )
      // Refused before the size is rounded.
      return refuse(
        .misalignedBase(ByteCount(align)),
        "cma: Failed to reserve \(facts.mebibytes(asked.size)) \(words)")
    }
    let base = up(asked.base)
    let isFixed = asked.isFixed && base != 0
    let border = machine.highMemoryStart(memblock)
    let last = (base &+ size) & facts.highestAddress
    func refuseAcrossBoundary() {
      log.say(
        "cma: Region at \(facts.padded(base)) defined on low/high memory boundary "
          + "(\(facts.padded(border)))")
      refuse(border == memblock.endOfMemory ? .beyondMemory : .acrossHighMemory, refusal)
    }
    let isAcrossBoundary = isFixed && checksBoundary && base < border && last > border
    if isAcrossBoundary, rules.boundaryCheck == .always { return refuseAcrossBoundary() }
    var limit = asked.limit.alignedDown(to: align)
    if limit == 0 || limit > memblock.endOfMemory { limit = memblock.endOfMemory }
    if last > limit {
      log.say(
        "cma: Size (\(facts.padded(size))) of region at \(facts.padded(base)) exceeds limit "
          + "(\(facts.padded(limit)))")
      return refuse(.beyondLimit(PhysicalAddress(limit)), refusal)
    }
    if isAcrossBoundary { return refuseAcrossBoundary() }
    // Rounding up may have wrapped (cma_init_reserved_mem refuses it).
    guard size > 0 else { return refuse(.tooLarge, refusal) }
    let search = PoolSearch(
      size: size, alignment: align, base: base, limit: limit, highMemoryStart: border,
      highSearch: rules.highSearch, searchesHighFirst: rules.searchesHighFirst,
      highestAddress: facts.highestAddress)
    guard let found = isFixed ? fix(base, size) : find(search) else {
      let shortage = isFixed ? .placeTaken : shortage(of: size, from: base, to: limit)
      return refuse(shortage ?? .noHole(below: PhysicalAddress(limit)), refusal)
    }
    log.note(found, size, .defaultPool)
    let message = "cma: Reserved \(shown) MiB at \(facts.padded(found))\(rules.nodeSuffix)"
    if let range = PhysicalRange(at: found, bytes: size) {
      areas.addDefault(range, saying: message)
      machine.announcePool("reserved", at: found, size: size)
    }
    log.say(message)
  }

  /// Where the range that is searched has too little RAM, whatever lies in it; nil where it has enough.
  private func shortage(of size: UInt64, from base: UInt64, to limit: UInt64) -> PoolRefusal? {
    guard base < limit, let range = PhysicalRange(at: base, bytes: limit - base) else { return nil }
    let ram = memblock.memory.reduce(UInt64(0)) { sum, region in
      let (start, end) = (max(region.start, base), min(region.end, limit))
      return region.isNoMap || start >= end ? sum : sum + end - start
    }
    return ram < size ? .littleRAM(range, ByteCount(ram)) : nil
  }

  private var checksBoundary: Bool {
    rules.boundaryCheck == .always || facts.arm?.hasHighMemory == true
  }

  private mutating func fix(_ base: UInt64, _ size: UInt64) -> UInt64? {
    guard !memblock.isReserved(base, size: size) else { return nil }
    memblock.reserve(base, size: size)
    return base
  }

  private mutating func find(_ search: PoolSearch) -> UInt64? {
    let find = search.reserve(in: &memblock)
    if let lost = find.lost { log.note(lost, search.size, .lostHighMemory) }
    return find.pool
  }

  private mutating func refuse(_ cause: PoolRefusal, _ message: String) {
    log.say(message)
    log.refusePool(cause, message)
  }
}

/// What cma_declare_contiguous_nid is called with.
private struct AskedPool {
  let size: UInt64
  let base: UInt64
  let limit: UInt64
  let isFixed: Bool
}
