// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities

/// The 32-bit ARM kernels that guests were compared with: 3 GiB of user space, highmem; the parts of their
/// images from the System.map of 6.1.192.
enum KernelsOfARM {
  static func facts(
    hasLPAE: Bool, line: String = "6.1", _ changes: [String: String?] = [:]
  ) -> KernelFacts {
    var configuration: [String: String] = [
      "DMA_CMA": "y", "CMA_SIZE_SEL_MBYTES": "y", "CMA_SIZE_MBYTES": "0", "CMA_AREAS": "7",
      "ARCH_FORCE_MAX_ORDER": "11", "VMSPLIT_3G": "y", "HIGHMEM": "y",
    ]
    if hasLPAE {
      configuration["ARM_LPAE"] = "y"
      configuration["SPARSEMEM"] = "y"
    }
    for (name, value) in changes { configuration[name] = value }
    let rules = KernelRules.all.first { $0.line == line } ?? .oldest
    return KernelFacts(
      armRules: rules, configuration: configuration, image: image(hasLPAE: hasLPAE))
  }

  private static func image(hasLPAE: Bool) -> ImageFacts {
    let names = ["_text", "_stext", "__init_begin", "__init_end", "_end"]
    let addresses: [UInt64] =
      hasLPAE
      ? [0xc000_8000, 0xc000_8240, 0xc026_5000, 0xc029_0000, 0xc033_3a30]
      : [0xc000_8000, 0xc000_8200, 0xc025_f000, 0xc028_8000, 0xc032_a268]
    let symbols = Dictionary(uniqueKeysWithValues: zip(names, addresses))
    return ImageFacts(armSymbols: symbols, pageOffset: 0xc000_0000) ?? ImageFacts(armSize: 0)
  }

  /// As the harness lays a guest out: the kernel at the first bank's first multiple of 2 MiB, the
  /// initramfs and the device tree behind it.
  static func memory(
    hasLPAE: Bool = false, banks: [(UInt64, UInt64)], parameters: String = "",
    regions: [EarlyMemory.Node]? = nil, kernelOffset: UInt64 = 0
  ) -> EarlyMemory {
    let block: UInt64 = 2 << 20
    let base = (banks[0].0 + block - 1) / block * block + kernelOffset
    let end = (base + 0x8000 + image(hasLPAE: hasLPAE).size + 4095) / 4096 * 4096
    return EarlyMemory(
      banks: banks.map { KernelsOfOurs.range($0.0, $0.1) },
      reservedMemory: regions.map { EarlyMemory.ReservedMemory(nodes: $0) },
      deviceTree: KernelsOfOurs.range(end + 0x6_8000, 1610),
      initramfs: KernelsOfOurs.range(end, 0x6_7e00), kernel: PhysicalAddress(base + 0x8000),
      commandLine: "console=ttyAMA0 \(parameters)",
      tree: TreeShape(
        nodes: (0..<12).map { _ in
          TreeShape.Node(nameBytes: 10, baseNameBytes: 8, propertyCount: 4, hasName: false)
        }, aliasStemBytes: [6]))
  }

  /// 2 GiB that end at 4 GiB, and twice that.
  static let stock: [(UInt64, UInt64)] = [(0x8000_0000, 0x8000_0000)]
  static let fourGiB: [(UInt64, UInt64)] = stock + [(0x2_0000_0000, 0x8000_0000)]

  static func pool(_ name: String, at start: UInt64, mebibytes: UInt64) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: name, placement: .fixed([.init(start: start, size: mebibytes << 20)]),
      isSharedPool: true, isReusable: true)
  }

  static func carveOut(_ name: String, at start: UInt64, bytes: UInt64) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: name, placement: .fixed([.init(start: start, size: bytes)]), isNoMap: true)
  }
}
