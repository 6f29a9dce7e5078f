// SPDX-License-Identifier: Apache-2.0

extension ARM64Boot {
  func survival(_ memblock: Memblock, _ areas: CMAAreaTable) -> SurvivalEstimate? {
    let rules = facts.rules
    let mebibyte: UInt64 = 1 << 20
    let cpuCount = input.tree.cpuCount
    let memory = memblock.memorySize
    var free = memblock.freeRanges.reduce(0) { $0 + $1.size }
    if rules.poolTime == .beforeMemoryMap {
      let map = ARM64MemoryMap(facts, of: memblock).bytes
      guard free > map else { return nil }
      free -= map
    }
    let counted = rules.fileTablesFollowFreeMemory ? free : memory - memory / facts.pageSize * 64
    var pieces = ShrinkingPiece.fileTables(for: counted, facts)
    // Entries of 8 bytes, as many as there are pieces of 8 and 16 KiB.
    var most = memory / 1024 + memory / 2048 + UInt64(cpuCount) * mebibyte / 4
    if bounceBuffers(memblock) != nil {
      // Less, or none, where the zone has no room for it.
      most += BounceBuffers.bytes
    } else if facts.hasBounceBuffers, rules.needlessBounces == .small {
      // kernel/dma/swiotlb.c, swiotlb_adjust_size: IO_TLB_SEGSIZE slots at least, and above
      // IO_TLB_MIN_SLABS half as many until they fit.
      let size = max(memory / 1024, mebibyte / 4)
      pieces.append(ShrinkingPiece(size: size, least: min(size, mebibyte)))
      most += memory / 1024
    }
    return SurvivalEstimate(
      free: free, pools: areas.activeBytes(below: .max),
      givenUp: areas.inactiveBytes(below: .max),
      least: memblock.bytesTaken(by: pieces)
        + SurvivalEstimate.leastOfBoot(rules, cpuCount: cpuCount),
      most: most + SurvivalEstimate.margin(memory: memory, cpuCount: cpuCount)
        + SurvivalEstimate.pageLists(rules, cpuCount: cpuCount))
  }
}
