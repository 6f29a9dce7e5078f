// SPDX-License-Identifier: Apache-2.0

/// What a crashed kernel leaves to the one that saves its memory (drivers/of/fdt.c, on arm64 up to 5.14
/// arch/arm64/mm/init.c).
extension EarlyBoot {
  /// early_init_dt_check_for_usable_mem_range: RAM outside of the ranges is none.
  mutating func capMemory() {
    if let property = input.capture.malformedProperty {
      log.cannotPredict("/chosen has a \(property) that is not a whole number of entries")
    }
    memblock.capMemory(to: input.capture.usableRanges.prefix(rules.usableRangeCount))
  }

  /// fdt_reserve_elfcorehdr, where its time has come.
  mutating func reserveElfCoreHeader(at time: KernelRules.ElfCoreHeaderTime) {
    guard time == rules.elfCoreHeaderTime, facts.savesCrashes,
      let header = input.capture.elfCoreHeader, header.size > 0
    else { return }
    let isOwn = time == .afterRegions
    let prefix = isOwn ? "" : "OF: fdt: "
    guard !memblock.isReserved(header.start, size: header.size) else {
      return log.say("\(prefix)elfcorehdr is overlapped")
    }
    reserve(header.start, header.size, .elfCoreHeader)
    let place = "memory at 0x\(String(header.start, radix: 16)) for elfcorehdr"
    log.say("\(prefix)Reserving \(header.size >> 10)\(isOwn ? "KB" : " KiB") of \(place)")
  }
}

extension Memblock {
  /// As `linux,usable-memory-range` says it: the first entry bounds RAM, the others are added.
  mutating func capMemory(to ranges: some Collection<EarlyMemory.Entry>) {
    guard let first = ranges.first else { return }
    if first.size > 0 { capMemory(to: first.start, size: first.size) }
    for range in ranges.dropFirst() where range.size > 0 {
      add(range.start, size: range.size)
    }
  }
}
