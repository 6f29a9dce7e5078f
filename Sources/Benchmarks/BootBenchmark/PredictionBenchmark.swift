// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities

/// How long the model takes for a board of the catalogue: arm64-4g, layout wide, two regions, on the
/// line whose linear map has the most tables.
enum PredictionBenchmark {
  private static let rounds = 2001

  /// The median, in microseconds.
  static func microseconds() -> Double {
    guard let memory = memory, let rules = KernelRules.all.last else { return .nan }
    let facts = KernelFacts(
      rules: rules,
      configuration: [
        "DMA_CMA": "y", "ARM64_4K_PAGES": "y", "CMA_AREAS": "7", "ARM64_VA_BITS": "39",
        "ARM64_PA_BITS": "48", "ZONE_DMA": "y", "ZONE_DMA32": "y", "SPARSEMEM_VMEMMAP": "y",
        "DMA_DECLARE_COHERENT": "y", "SWIOTLB": "y",
      ], image: ImageFacts(size: 4 << 20))
    var times: [Double] = []
    var pools = 0
    for _ in 0..<rounds {
      let started = ContinuousClock.now
      pools += Prediction(of: facts, with: memory).pools.count
      times.append((ContinuousClock.now - started) / .microseconds(1))
    }
    guard pools == 2 * rounds else { return .nan }
    return times.sorted()[rounds / 2]
  }

  private static var memory: EarlyMemory? {
    func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange? {
      PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
    }
    guard let low = range(0, 0xf000_0000), let high = range(0x8_0000_0000, 0x1000_0000),
      let tree = range(0x4a_0000, 1800), let initramfs = range(0x40_0000, 0x9_0000)
    else { return nil }
    return EarlyMemory(
      banks: [low, high],
      reservedMemory: .init(nodes: [
        .init(
          name: "video@10000000", placement: .fixed([.init(start: 0x1000_0000, size: 64 << 20)]),
          isSharedPool: true, isReusable: true),
        .init(
          name: "fw@3000000", placement: .fixed([.init(start: 0x300_0000, size: 1 << 20)]),
          isNoMap: true),
      ]),
      deviceTree: tree, initramfs: initramfs, kernel: PhysicalAddress(0),
      commandLine: "console=ttyAMA0 earlycon panic=-1 cma=3000M",
      tree: TreeShape(
        nodes: (0..<14).map { _ in
          .init(nameBytes: 12, baseNameBytes: 8, propertyCount: 4, hasName: false)
        }, aliasStemBytes: [6]))
  }
}
