// SPDX-License-Identifier: Apache-2.0

/// The crash kernel on arm64 (arch/arm64/mm/init.c, reserve_crashkernel, later
/// arch_reserve_crashkernel).
extension EarlyBoot where Machine == ARM64Boot {
  mutating func reserveCrashKernel() {
    if facts.hasCrashKernel, rules.crashKernelCMA == .pools,
      CrashKernelRequest.asksForPools(input.commandLine)
    {
      log.cannotPredict("crashkernel=…,cma, which makes pools, is not modelled")
    }
    let memory = memblock.memorySize
    guard let request = crashKernelRequest(memory: memory) else { return }
    // That of 5.4 was compared with guests; 5.5 to 5.10.21 look below another limit.
    if rules.crashKernelFirst, rules.crashKernelLimitGap == 0 {
      return log.cannotPredict("crashkernel=, which comes before the pool, is not modelled")
    }
    let isEarly = rules.crashKernelFirst || rules.crashKernelAlwaysFollowsPools
    guard isEarly || facts.hasDMAZone || facts.hasDMA32Zone else {
      return log.cannotPredict("crashkernel= on a kernel without DMA zones is not modelled")
    }
    let dmaLimit = machine.dmaLimit(memblock)
    let highest: UInt64 = 1 << facts.physicalAddressBits
    switch (rules.crashKernelSearch, request) {
    case (_, .unreadable): refuseCrashKernel(saying: nil)
    case (_, .zeroBytes): sayZeroCrashKernel()
    case (.low, .high), (.lowChecked, .high): break
    case (_, .plain(let size, _)) where rules.refusesHugeCrashKernel && size >= memory,
      (_, .high(let size, _)) where rules.refusesHugeCrashKernel && size >= memory:
      refuseCrashKernel(saying: nil)
    case (.lowChecked, .plain(let size, let base)):
      reserveLow(whole(size), base: base)
    case (.low, .plain(let size, let base)), (.lowUnlessHigh, .plain(let size, let base)):
      let end = base == 0 ? dmaLimit : base &+ whole(size)
      reserve(whole(size), [(base, end)], low: 0)
    case (.lowUnlessHigh, .high(let size, let low)):
      reserve(whole(size), [(0, highest)], low: low ?? 0)
    case (.bothSides, .plain(let size, let base)) where base != 0:
      reserve(
        whole(size), [(base, base &+ whole(size))], low: 0,
        orSay: "crashkernel reservation failed - memory is in use.")
    case (.bothSides, .plain(let size, _)):
      reserve(
        whole(size), [(0, dmaLimit), (dmaLimit, highest)], low: CrashKernelSearch.usualLowBytes)
    case (.bothSides, .high(let size, let low)):
      reserve(
        whole(size), [(dmaLimit, highest), (0, dmaLimit)],
        low: low ?? CrashKernelSearch.usualLowBytes)
    }
  }

  /// PAGE_ALIGN, where the kernel does that.
  private func whole(_ size: UInt64) -> UInt64 {
    rules.crashKernelHasWholePages ? size.alignedUp(to: facts.pageSize) : size
  }

  private mutating func reserveLow(_ size: UInt64, base: UInt64) {
    let place = memblock.findLowCrashKernel(
      size: size, base: base, limit: machine.dmaLimit(memblock) - rules.crashKernelLimitGap)
    let what = "cannot reserve crashkernel:"
    switch place {
    case .success(let start):
      memblock.reserve(start, size: size)
      noteCrashKernel(start, size, low: nil)
      sayCrashKernel(start, size)
    case .failure(.noHole): refuseCrashKernel(saying: noPlace(size))
    case .failure(.notMemory): refuseCrashKernel(saying: "\(what) region is not memory")
    case .failure(.reserved): refuseCrashKernel(saying: "\(what) region overlaps reserved memory")
    case .failure(.misaligned):
      refuseCrashKernel(saying: "\(what) base address is not 2MB aligned")
    }
  }

  /// - Parameters:
  ///   - low: bytes that it gets below the DMA limit if it comes to lie above.
  ///   - words: of the refusal; nil for the usual ones.
  private mutating func reserve(
    _ size: UInt64, _ places: [CrashKernelSearch.Place], low: UInt64, orSay words: String? = nil
  ) {
    let search = CrashKernelSearch(
      size: size, places: places, lowBytes: low, dmaLimit: machine.dmaLimit(memblock))
    switch search.reserve(in: &memblock) {
    case .noHole: refuseCrashKernel(saying: words ?? noPlace(size))
    case .noLowMemory:
      refuseCrashKernel(
        saying: "cannot allocate crashkernel low memory (size:0x\(String(low, radix: 16))).")
    case .reserved(let start, let lowStart):
      if let lowStart {
        let range = "\(facts.padded(lowStart, 8)) - \(facts.padded(lowStart + low, 8))"
        log.say("crashkernel low memory reserved: \(range) (\(low >> 20) MB)")
      }
      noteCrashKernel(start, size, low: lowStart.map { ($0, low) })
      sayCrashKernel(start, size)
    }
  }

  private func noPlace(_ size: UInt64) -> String {
    "cannot allocate crashkernel (size:0x\(String(size, radix: 16)))"
  }

  private mutating func sayCrashKernel(_ start: UInt64, _ size: UInt64) {
    log.say(
      "crashkernel reserved: \(facts.padded(start, 16)) - \(facts.padded(start + size, 16)) "
        + "(\(size >> 20) MB)")
  }
}
