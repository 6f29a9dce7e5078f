// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Memory for a second kernel that is started when the first one dies: `crashkernel=`. The pools
/// come first, so it gets what they leave.
extension EarlyBoot {
  static var crashKernelOwner: String { "crash kernel" }

  /// Whether `crashkernel=` makes the linear map consist of pages, so that the memory can be taken
  /// out of it.
  var crashKernelMapsPages: Bool {
    guard facts.hasCrashKernel, rules.crashKernelMapsPages else { return false }
    return PoolArgument.words(input.commandLine).contains {
      $0.prefix { $0 != UInt8(ascii: "=") }.elementsEqual("crashkernel".utf8)
    }
  }

  /// arch/arm64/mm/init.c, reserve_crashkernel, and since 6.7 arch_reserve_crashkernel.
  mutating func reserveCrashKernelOnARM64() {
    let memory = memblock.memorySize
    guard let request = crashKernelRequest(memory: memory) else { return }
    // Without a DMA zone the older lines take it before they map RAM.
    guard rules.crashKernelAlwaysFollowsPools || facts.hasDMAZone || facts.hasDMA32Zone else {
      unknown.append("crashkernel= on a kernel without DMA zones is not modelled")
      return
    }
    let page = facts.pageSize
    switch (rules.crashKernelSearch, request) {
    case (_, .unreadable): refuseCrashKernel(saying: nil)
    case (_, .zeroBytes): say(Self.zeroBytes)
    case (.low, .high): return
    case (.low, .plain(let size, let base)):
      reserveLowCrashKernel(size: (size &+ (page - 1)) & ~(page - 1), base: base)
    case (.lowUnlessHigh, .plain(let size, let base)):
      let end = base == 0 ? dmaLimit : base &+ size
      reserveCrashKernel(size: (size &+ (page - 1)) & ~(page - 1), [(base, end)], low: 0)
    case (.lowUnlessHigh, .high(let size, let low)):
      reserveCrashKernel(
        size: (size &+ (page - 1)) & ~(page - 1), [(0, 1 << facts.physicalAddressBits)],
        low: low ?? 0)
    case (.bothSides, .plain(let size, _)) where size >= memory,
      (.bothSides, .high(let size, _)) where size >= memory:
      refuseCrashKernel(saying: nil)
    case (.bothSides, .plain(let size, let base)) where base != 0:
      reserveCrashKernel(
        size: size, [(base, base &+ size)], low: 0,
        orSay: "crashkernel reservation failed - memory is in use.")
    case (.bothSides, .plain(let size, _)):
      reserveCrashKernel(size: size, [lowPlaces, highPlaces], low: Self.usualLowCrashKernel)
    case (.bothSides, .high(let size, let low)):
      reserveCrashKernel(
        size: size, [highPlaces, lowPlaces], low: low ?? Self.usualLowCrashKernel)
    }
  }

  /// arch/arm/kernel/setup.c, reserve_crashkernel.
  mutating func reserveCrashKernelOnARM(_ arm: ARMFacts) {
    let page = facts.pageSize
    let start = (memblock.startOfMemory + page - 1) & ~(page - 1)
    // In an unsigned long, which wraps where no RAM is lowmem.
    let memory = ((lowMemoryEnd & ~(page - 1)) &- start) & facts.longMask
    guard let request = crashKernelRequest(memory: memory) else { return }
    let (size, base): (UInt64, UInt64)
    switch request {
    case .plain(let asked, let place): (size, base) = (asked, place)
    case .high: return
    case .zeroBytes: return say(Self.zeroBytes)
    case .unreadable: return refuseCrashKernel(saying: nil)
    }
    let mask = facts.highestAddress
    guard size <= mask else {
      unknown.append("a crash kernel of \(ByteCount(size)), more than a phys_addr_t holds")
      return
    }
    // CRASH_ALIGN there, and 32 bits for the identity map.
    let align: UInt64 = 128 << 20
    let place =
      base == 0
      ? memblock.allocate(
        size: size, align: align, from: align, limit: min(lowMemoryEnd, UInt64(UInt32.max)))
      : memblock.allocate(
        size: size, align: arm.sectionSize, from: base & mask, limit: (base &+ size) & mask)
    guard let place else {
      return refuseCrashKernel(
        saying: "crashkernel reservation failed - "
          + (base == 0 ? "No suitable area found." : "memory is in use."))
    }
    noteCrashKernel(place, size, low: nil)
    // Of a place that was asked for no bits are lost here.
    let shown = base == 0 ? place : base
    say(
      "Reserving \(size >> 20)MB of memory at \(shown >> 20)MB for crashkernel "
        + "(System RAM: \(memory >> 20)MB)")
  }

  // MARK: Parts

  private func crashKernelRequest(memory: UInt64) -> CrashKernelRequest? {
    guard facts.hasCrashKernel else { return nil }
    return CrashKernelRequest(
      commandLine: input.commandLine, memory: memory, rules: rules)
  }

  /// CRASH_ALIGN of arm64: its boot protocol's.
  private static var crashKernelAlign: UInt64 { 2 << 20 }

  /// DEFAULT_CRASH_KERNEL_LOW_SIZE (include/linux/crash_reserve.h).
  private static var usualLowCrashKernel: UInt64 { 128 << 20 }

  /// parse_crashkernel_mem's words, the same on each line and architecture.
  private static var zeroBytes: String { "crashkernel size resulted in zero bytes" }

  private var lowPlaces: (UInt64, UInt64) { (0, dmaLimit) }
  private var highPlaces: (UInt64, UInt64) { (dmaLimit, 1 << facts.physicalAddressBits) }

  /// The function of 5.10: it looks at a given place before it takes it.
  private mutating func reserveLowCrashKernel(size: UInt64, base: UInt64) {
    var place = base
    if base == 0 {
      guard let found = memblock.find(size: size, align: Self.crashKernelAlign, limit: dmaLimit)
      else { return refuseCrashKernel(size: size) }
      place = found
    } else if !memblock.isMemory(base, size: size) {
      return refuseCrashKernel(saying: "cannot reserve crashkernel: region is not memory")
    } else if memblock.isReserved(base, size: size) {
      return refuseCrashKernel(
        saying: "cannot reserve crashkernel: region overlaps reserved memory")
    } else if base % Self.crashKernelAlign != 0 {
      return refuseCrashKernel(
        saying: "cannot reserve crashkernel: base address is not 2MB aligned")
    }
    memblock.reserve(place, size: size)
    noteCrashKernel(place, size, low: nil)
    sayCrashKernel(place, size)
  }

  /// The function of 6.1, and kernel/crash_reserve.c, reserve_crashkernel_generic.
  ///
  /// - Parameters:
  ///   - places: where it is looked for: in the first, else in the next one.
  ///   - low: bytes that it gets below the DMA limit if it comes to lie above.
  ///   - words: of the refusal; nil for the usual ones.
  private mutating func reserveCrashKernel(
    size: UInt64, _ places: [(start: UInt64, end: UInt64)], low: UInt64,
    orSay words: String? = nil
  ) {
    var found: UInt64?
    for place in places where found == nil {
      found = memblock.allocate(
        size: size, align: Self.crashKernelAlign, from: place.start, limit: place.end)
    }
    guard let found else {
      guard let words else { return refuseCrashKernel(size: size) }
      return refuseCrashKernel(saying: words)
    }
    var lowPart: UInt64?
    if found >= dmaLimit, low > 0 {
      lowPart = memblock.allocate(size: low, align: Self.crashKernelAlign, limit: dmaLimit)
      guard let lowPart else {
        memblock.free(found, size: size)
        return refuseCrashKernel(
          saying: "cannot allocate crashkernel low memory (size:0x\(String(low, radix: 16))).")
      }
      let range = "\(padded(lowPart, 8)) - \(padded(lowPart + low, 8)) (\(low >> 20) MB)"
      say("crashkernel low memory reserved: \(range)")
    }
    noteCrashKernel(found, size, low: lowPart.map { ($0, low) })
    sayCrashKernel(found, size)
  }

  private mutating func noteCrashKernel(
    _ start: UInt64, _ size: UInt64, low: (start: UInt64, size: UInt64)?
  ) {
    guard let range = PhysicalRange(at: start, bytes: size) else {
      return
    }
    if let low { note(low.start, low.size, "\(Self.crashKernelOwner)'s low memory") }
    note(start, size, Self.crashKernelOwner)
    let lowRange = low.flatMap {
      PhysicalRange(at: $0.start, bytes: $0.size)
    }
    prediction.crashKernel = .reserved(range, low: lowRange)
  }

  private mutating func sayCrashKernel(_ start: UInt64, _ size: UInt64) {
    say(
      "crashkernel reserved: \(padded(start, 16)) - \(padded(start + size, 16)) "
        + "(\(size >> 20) MB)")
  }

  private mutating func refuseCrashKernel(size: UInt64) {
    refuseCrashKernel(
      saying: "cannot allocate crashkernel (size:0x\(String(size, radix: 16)))")
  }

  /// - Parameter words: the kernel's; nil where it says nothing, or only how it read the value.
  private mutating func refuseCrashKernel(saying words: String?) {
    prediction.crashKernel = .refused(words ?? "its value is malformed, or more than all RAM")
    if let words { say(words) }
  }
}
