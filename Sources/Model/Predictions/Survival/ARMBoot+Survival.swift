// SPDX-License-Identifier: Apache-2.0

extension ARMBoot {
  /// The memory map and the page tables have been taken by now, and only lowmem is of use to the kernel
  /// itself.
  ///
  /// None of 350 guests with little lowmem died with 11 MiB; arm64's margin is kept.
  func survival(_ memblock: Memblock, _ areas: CMAAreaTable) -> SurvivalEstimate? {
    let cpuCount = input.tree.cpuCount
    let memory = mappedBytes(memblock)
    let tables = ShrinkingPiece.fileTables(for: memory, facts)
    return SurvivalEstimate(
      free: usableFreeBytes(memblock), pools: areas.activeBytes(below: lowMemoryEnd),
      givenUp: areas.inactiveBytes(below: lowMemoryEnd),
      least: memblock.bytesTaken(by: tables)
        + SurvivalEstimate.leastOfBoot(facts.rules, cpuCount: cpuCount),
      most: memory / 1024 + UInt64(cpuCount) << 16
        + SurvivalEstimate.margin(memory: memory, cpuCount: cpuCount))
  }
}
