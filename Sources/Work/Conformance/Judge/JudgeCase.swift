// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities

/// A guest with regions that compete, touch and imitate, to try the judge with.
package struct JudgeCase: Hashable, Sendable {
  /// `cma=`; nil for none.
  package var pool: PoolRequest?
  package var regions: [ReservedRegion]
  /// Further words for the kernel's command line, which echoes them; printable ASCII.
  package var appended: String
  /// The root's `model`, which the kernel echoes; nil for the base tree's.
  package var model: String?

  /// Device-tree source that sets ``model``; nil for none.
  package var fragment: String? {
    model.map { model in
      let text = model.unicodeScalars.map { scalar in
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case "\n": "\\n"
        default: String(scalar)
        }
      }.joined()
      return "/ { model = \"\(text)\"; };\n"
    }
  }
}

extension JudgeCase: CustomStringConvertible {
  /// The options that ask for it, and what no option can say.
  package var description: String {
    var lines = ["cma: \(pool.map { $0.kernelArgument } ?? "none")"]
    lines += regions.map { "region \($0)" }
    if !appended.isEmpty { lines.append("append: \(appended)") }
    if let fragment { lines.append("dts: \(fragment.dropLast())") }
    return lines.map { "\($0)\n" }.joined()
  }
}

/// Makes cases for the judge up.
package struct JudgeCaseGenerator: Sendable {
  private var random: SeededRandom
  /// Where regions with an address, or a window, lie: 64 MiB of RAM that nothing else needs.
  private let area: PhysicalAddress

  private static let mebibyte: UInt64 = 1 << 20
  private static let areaMebibytes: UInt64 = 64

  package init(seed: UInt64, area: PhysicalAddress) {
    random = SeededRandom(seed: seed)
    self.area = area
  }

  package mutating func next() -> JudgeCase {
    var regions: [ReservedRegion] = []
    for index in 0..<random.number(1...5) { regions.append(region(Int(index), beside: regions)) }
    return JudgeCase(
      pool: random.happens(oneIn: 4)
        ? nil : PoolRequest(bytes: .mebibytes(random.one(of: [0, 16, 30, 64]))),
      regions: regions, appended: random.happens(oneIn: 3) ? echo(regions) : "",
      model: random.happens(oneIn: 4)
        ? "board\(random.one(of: [" ", "\n"]))\(message(regions))" : nil)
  }

  // MARK: Regions

  private mutating func region(_ index: Int, beside others: [ReservedRegion]) -> ReservedRegion {
    let isPool = random.happens(oneIn: 3)
    let isNoMap = !isPool && !random.happens(oneIn: 3)
    let hasDriver = isPool || !random.happens(oneIn: 3)
    let bytes = size(isPool: isPool)
    return ReservedRegion(
      name: name(index, beside: others),
      placement: placement(bytes, isPool: isPool, beside: others),
      compatible: hasDriver ? ["shared-dma-pool"] : [],
      isReusable: isPool || random.happens(oneIn: 24), isNoMap: isNoMap,
      isLinuxCMADefault: isPool && random.happens(oneIn: 6))
  }

  private mutating func size(isPool: Bool) -> UInt64 {
    if isPool, !random.happens(oneIn: 8) {
      return random.one(of: [4, 8, 16, 32]) * Self.mebibyte
    }
    if random.happens(oneIn: 6) { return random.number(1...600) * 4096 }
    return random.one(of: [1, 2, 4, 8, 16, 24, 80]) * Self.mebibyte
  }

  private mutating func placement(
    _ bytes: UInt64, isPool: Bool, beside others: [ReservedRegion]
  ) -> ReservedRegion.Placement {
    if random.happens(oneIn: 2) {
      let start = address(bytes, isPool: isPool, beside: others)
      guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(bytes)) else {
        return .dynamic(size: ByteCount(bytes), alignment: nil, within: [])
      }
      return .fixed([range])
    }
    let alignment: ByteCount? =
      random.happens(oneIn: 4) ? ByteCount(random.one(of: [0x1000, 0x10_0000, 0x80_0000])) : nil
    var within: [PhysicalRange] = []
    if !random.happens(oneIn: 5) {
      for _ in 0..<(random.happens(oneIn: 5) ? 2 : 1) {
        if let window = window(bytes, beside: others) { within.append(window) }
      }
    }
    return .dynamic(size: ByteCount(bytes), alignment: alignment, within: within)
  }

  /// An address of the area, at times that of another region, or right behind one.
  private mutating func address(
    _ bytes: UInt64, isPool: Bool, beside others: [ReservedRegion]
  ) -> UInt64 {
    let taken = others.compactMap(\.firstRange)
    if !taken.isEmpty, random.happens(oneIn: 3) {
      let other = random.one(of: taken)
      switch random.number(0...3) {
      case 0: return other.start.value
      case 1 where other.start.value > bytes: return other.start.value - bytes
      default: return other.last.value + 1
      }
    }
    let unit: UInt64 = isPool ? 4 : random.one(of: [1, 4])
    return area.value + random.number(0...(Self.areaMebibytes / unit - 1)) * unit * Self.mebibyte
  }

  /// A window with room for the region, or for two, at times the same as another's.
  private mutating func window(_ bytes: UInt64, beside others: [ReservedRegion]) -> PhysicalRange? {
    let known = others.flatMap(\.windows)
    if !known.isEmpty, random.happens(oneIn: 2) { return random.one(of: known) }
    let unit = 4 * Self.mebibyte
    let size = max(unit, (bytes + unit - 1) / unit * unit) * random.one(of: [1, 1, 2, 3])
    let start = area.value + random.number(0...(Self.areaMebibytes / 4 - 1)) * unit
    return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
  }

  // MARK: Names and echoes

  /// Names of the kernel's own areas, names that debugfs of 5.10 cuts to one, and words of its
  /// messages.
  private static let names = [
    "reserved", "hugetlb", "hugetlb0", "pernuma0", "numa0", "default_cma_region", "default",
    "video-pool-a", "video-pool-b", "video-pool-c", "node", "overlaps", "OVERLAP", "nomap", "map",
    "memory", "compatible", "CMA", "cma-x", "cma", "linux,cma", "System", "crashkernel", "a", "b",
  ]

  private mutating func name(_ index: Int, beside others: [ReservedRegion]) -> String {
    let name = random.happens(oneIn: 2) ? random.one(of: Self.names) : "region\(index)"
    return others.contains { $0.name == name } ? "region\(index)" : name
  }

  private mutating func echo(_ regions: [ReservedRegion]) -> String {
    let quoted = message(regions).filter { $0 != "\"" && $0 != "\n" }
    return random.happens(oneIn: 2) ? "echo=\"\(quoted)\"" : "\"echo \(quoted)\""
  }

  /// What a kernel says of a node, or of its own end.
  private mutating func message(_ regions: [ReservedRegion]) -> String {
    let node = random.one(of: regions).nodeName
    let other = random.one(of: regions).nodeName
    let messages = [
      "Kernel panic - not syncing: hello", "Internal error: Oops: 96000004", "@monitor fault 1",
      "kernel BUG at mm/cma.c:1!", "BUG: Bad page state in process swapper",
      "\(node) (0x1000--0x2000) overlaps with \(other) (0x1800--0x3000)",
      "OF: reserved mem: failed to allocate memory for node '\(node)': size 1 MiB",
      "OF: reserved mem: node \(node) compatible matching fail",
      "OF: reserved mem: initialized node \(node), compatible id shared-dma-pool",
      "Reserved memory: created CMA memory pool at 0x0000000012000000, size 4 MiB",
      "cma: Failed to reserve 64 MiB", "cma: Reserved 64 MiB at 0x0000000012000000",
      "OF: reserved mem: 0x0000000012000000..0x00000000123fffff (4096 KiB) map reusable \(node)",
    ]
    return random.one(of: messages)
  }
}

extension ReservedRegion {
  /// Nil of one without an address.
  fileprivate var firstRange: PhysicalRange? {
    guard case .fixed(let ranges) = placement else { return nil }
    return ranges.first
  }

  fileprivate var windows: [PhysicalRange] {
    guard case .dynamic(_, _, let within) = placement else { return [] }
    return within
  }
}
