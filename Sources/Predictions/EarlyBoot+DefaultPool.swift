// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The default pool (kernel/dma/contiguous.c, dma_contiguous_reserve; mm/cma.c,
/// cma_declare_contiguous_nid).
extension EarlyBoot {
  /// arm64_dma_phys_limit: the first address that is out of reach of the DMA zone.
  var dmaLimit: UInt64 {
    let start = memblock.startOfMemory
    // A tree may leave no RAM at all.
    let end = max(memblock.endOfMemory, 1)
    guard facts.hasDMAZone || facts.hasDMA32Zone else { return 1 << facts.physicalAddressBits }
    let devices = facts.hasDMAZone ? input.dmaLimit?.value ?? .max : .max
    let fourGiB: UInt64 = 1 << 32
    switch profile.zoneLimit {
    case .powerOfTwo:
      // fls64 of the devices' limit, at most 32.
      let bits = min(32, 64 - UInt64(devices.leadingZeroBitCount))
      var mask: UInt64 = (1 << bits) - 1
      if start > fourGiB - 1 {
        mask = .max
      } else if start > mask {
        mask = fourGiB - 1
      }
      return min(mask, end - 1) + 1
    case .exact:
      guard facts.hasDMAZone else { return min(fourGiB - 1, end - 1) + 1 }
      let limit = start < fourGiB - 1 ? min(devices, fourGiB - 1) : devices
      return min(limit, end - 1) + 1
    }
  }

  /// The size that the configuration asks for.
  private var configuredBytes: UInt64 {
    let mebibytes = facts.configuredMebibytes << 20
    let pages = memblock.memorySize / facts.pageSize
    let percentage = pages * facts.configuredPercentage / 100 * facts.pageSize
    switch facts.configuredSize {
    case .mebibytes: return mebibytes
    case .percentage: return percentage
    case .smaller: return min(mebibytes, percentage)
    case .larger: return max(mebibytes, percentage)
    }
  }

  mutating func reserveDefaultPool() {
    guard facts.hasPools, memblock.endOfMemory > 0 else {
      prediction.reason = "the kernel is built without CONFIG_DMA_CMA"
      return
    }
    let zoneLimit = dmaLimit
    var size = configuredBytes
    var base: UInt64 = 0
    var limit = zoneLimit
    var isFixed = false
    if let argument {
      prediction.setting = .commandLine
      prediction.reason = "cma= on the command line goes before the device tree and Kconfig"
      size = argument.size
      base = argument.base
      if argument.limit != 0 {
        limit = profile.ownLimitReplaces ? argument.limit : min(argument.limit, zoneLimit)
      }
      isFixed = argument.isFixed
    } else if hasDefaultArea {
      prediction.setting = .deviceTree
      prediction.reason = "a node with linux,cma-default goes before Kconfig"
    } else if size > 0 {
      prediction.setting = .configuration
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
    func up(_ value: UInt64) -> UInt64 { (value &+ (align - 1)) & ~(align - 1) }
    let size = up(asked)
    let shown = profile.printsAskedSize ? asked : size
    let refusal = "cma: Failed to reserve \(shown >> 20) MiB\(profile.nodeSuffix)"

    guard areas.count < facts.areaSlots else {
      say("cma: Not enough slots for CMA reserved regions!")
      if profile.printsAskedSize { say(refusal) }
      return refuse("all \(facts.areaSlots) areas are taken", refusal)
    }
    if isFixed, askedBase & (align - 1) != 0 {
      say("cma: Region at \(Self.padded(askedBase)) must be aligned to \(Self.padded(align)) bytes")
      // Refused before the size is rounded.
      let words = "cma: Failed to reserve \(asked >> 20) MiB\(profile.nodeSuffix)"
      say(words)
      return refuse("its base is not a multiple of \(ByteCount(align))", words)
    }
    let base = up(askedBase)
    var limit = askedLimit & ~(align - 1)
    let isFixed = isFixed && base != 0
    // high_memory is the end of RAM on arm64.
    if isFixed, !profile.ownLimitReplaces, base < end, base &+ size > end {
      say(
        "cma: Region at \(Self.padded(base)) defined on low/high memory boundary "
          + "(\(Self.padded(end)))")
      say(refusal)
      return refuse("it reaches past the end of RAM", refusal)
    }
    if limit == 0 || limit > end { limit = end }
    if base &+ size > limit {
      say(
        "cma: Size (\(Self.padded(size))) of region at \(Self.padded(base)) exceeds limit "
          + "(\(Self.padded(limit)))")
      say(refusal)
      return refuse("it reaches past \(PhysicalAddress(limit)), where the search ends", refusal)
    }
    var found: UInt64?
    if isFixed {
      if !memblock.isReserved(base, size: size) {
        memblock.reserve(base, size: size)
        found = base
      }
    } else {
      found = findPool(size: size, base: base, limit: limit)
    }
    guard let found else {
      say(refusal)
      return refuse(
        isFixed
          ? "a part of it is taken" : "no hole below \(PhysicalAddress(limit)) is large enough",
        refusal)
    }
    note(found, size, "default pool")
    addArea("reserved", found, size, isDefault: true)
    let at = "cma: Reserved \(shown >> 20) MiB at \(Self.padded(found))\(profile.nodeSuffix)"
    say(at)
  }

  private mutating func findPool(size: UInt64, base: UInt64, limit: UInt64) -> UInt64? {
    let fourGiB: UInt64 = 1 << 32
    let align = facts.poolAlignment
    let triesHigh =
      switch profile.highSearch {
      case .none: false
      case .endOfMemory: memblock.endOfMemory >= fourGiB &+ size
      case .limit: limit >= fourGiB &+ size
      }
    if triesHigh,
      let start = memblock.allocate(
        size: size, align: align, from: fourGiB, limit: limit, .bottomUp)
    {
      return start
    }
    return memblock.allocate(size: size, align: align, from: base, limit: limit)
  }

  private mutating func refuse(_ reason: String, _ words: String) {
    prediction.refusal = words
    prediction.reason += "; it is refused: \(reason)"
  }

  /// cma_init_reserved_mem's part that cannot fail any more.
  mutating func addArea(_ name: String, _ start: UInt64, _ size: UInt64, isDefault: Bool) {
    guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
      return
    }
    areas.append(.init(name: name, range: range, isDefault: isDefault, isActive: true))
  }

  /// As printk's %pa writes it.
  static func padded(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
