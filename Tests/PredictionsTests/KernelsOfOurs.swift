// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities

/// The kernels that the ground truth was measured with, as far as a prediction asks: 4 KiB pages,
/// 39-bit addresses, no huge pages; the parts of their images from their System.map.
enum KernelsOfOurs {
  /// Every line of which guests were compared.
  static let lines = KernelRules.all.filter { $0.isChecked(on: .arm64) }.map(\.line)

  /// - Parameter release: whose rules; nil for those of the line's newest release.
  static func facts(
    _ line: String, _ changes: [String: String?] = [:], release: KernelRelease? = nil
  ) -> KernelFacts {
    let newest = KernelRules.all.first { $0.line == line }
    let rules = release.flatMap { KernelRules(release: $0) } ?? newest ?? .oldest
    return facts(line, changes, rules: rules)
  }

  /// A kernel with the configuration and image of a line, and any rules.
  static func facts(
    _ line: String, _ changes: [String: String?] = [:], rules: KernelRules
  ) -> KernelFacts {
    var configuration: [String: String] = [
      "DMA_CMA": "y", "ARM64_4K_PAGES": "y", "CMA_SIZE_SEL_MBYTES": "y", "CMA_SIZE_MBYTES": "0",
      "CMA_AREAS": "7", "ARM64_VA_BITS": "39", "ARM64_PA_BITS": "48", "ZONE_DMA": "y",
      "ZONE_DMA32": "y", "DMA_DECLARE_COHERENT": "y", "SWIOTLB": "y", "SPARSEMEM_VMEMMAP": "y",
    ]
    for (name, value) in changes { configuration[name] = value }
    return KernelFacts(rules: rules, configuration: configuration, image: image(line))
  }

  /// Offsets: stext, etext = rodata, init text, its end = init data, data, bss end, tables, end.
  private static func image(_ line: String) -> ImageFacts {
    let offsets: [String: [UInt64]] = [
      "5.10": [0x800, 0x1e_0000, 0x26_0000, 0x29_0000, 0x2b_0000, 0x37_3a90, 0x37_4000, 0x38_0000],
      "6.1": [
        0x1_0000, 0x21_0000, 0x2a_0000, 0x2d_0000, 0x2f_0000, 0x3b_4598, 0x3b_5000, 0x3c_0000,
      ],
      "6.12": [
        0x1_0000, 0x22_0000, 0x2c_0000, 0x2f_0000, 0x32_0000, 0x3e_6080, 0x3e_7000, 0x40_0000,
      ],
      "7.2": [
        0x1_0000, 0x26_0000, 0x32_0000, 0x36_0000, 0x39_0000, 0x45_3000, 0x45_3000, 0x46_0000,
      ],
      "7.3": [
        0x1_0000, 0x27_0000, 0x33_0000, 0x37_0000, 0x3a_0000, 0x46_3000, 0x46_3000, 0x47_0000,
      ],
    ]
    guard let at = offsets[line] else { fatalError("no image of \(line) is known") }
    var symbols: [String: UInt64] = ["_text": 0]
    let names = [
      ["_stext"], ["_etext", "__start_rodata"], ["__inittext_begin", "__init_begin"],
      ["__inittext_end", "__initdata_begin"], ["__initdata_end", "__init_end", "_data"],
      ["__bss_stop"], ["init_pg_dir"], ["_end"],
    ]
    for (names, offset) in zip(names, at) { for name in names { symbols[name] = offset } }
    symbols["init_pg_end"] = (symbols["init_pg_dir"] ?? 0) + 0x2000
    let size = symbols["_end"] ?? 0
    return ImageFacts(size: size, symbols: symbols) ?? ImageFacts(size: size)
  }

  static func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange {
    guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
      fatalError("no range")
    }
    return range
  }

  /// As the harness lays a guest out: kernel, initramfs and device tree low in the first bank.
  ///
  /// - Parameter offset: of the image from the bank's first byte.
  static func memory(
    _ line: String, banks: [(UInt64, UInt64)], reserved: [(UInt64, UInt64)] = [],
    parameters: String = "", regions: [EarlyMemory.Node]? = nil, dmaLimit: UInt64? = nil,
    kernelOffset offset: UInt64 = 0
  ) -> EarlyMemory {
    let kernel = banks[0].0 + offset
    let initramfs = range(kernel + image(line).size, 0xa_2c00)
    let nodes = (0..<12).map { _ in
      TreeShape.Node(nameBytes: 10, baseNameBytes: 8, propertyCount: 4, hasName: false)
    }
    return EarlyMemory(
      banks: banks.map { range($0.0, $0.1) },
      memoryReservations: reserved.map { range($0.0, $0.1) },
      reservedMemory: regions.map { EarlyMemory.ReservedMemory(nodes: $0) },
      deviceTree: range(initramfs.last.value + 1, 1600), initramfs: initramfs,
      kernel: PhysicalAddress(kernel), commandLine: "console=ttyAMA0 \(parameters)",
      dmaLimit: dmaLimit.map { PhysicalAddress($0) },
      tree: TreeShape(nodes: nodes, aliasStemBytes: [6]))
  }

  static let stock: [(UInt64, UInt64)] = [(0, 0x7ff0_0000), (0x8_0000_0000, 0x8000_0000)]
  static let wide: [(UInt64, UInt64)] = [(0, 0xf000_0000), (0x8_0000_0000, 0x1000_0000)]
  static let single: [(UInt64, UInt64)] = [(0, 0x8000_0000)]
}
