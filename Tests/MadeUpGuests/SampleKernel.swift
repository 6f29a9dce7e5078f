// SPDX-License-Identifier: Apache-2.0

// Boards and kernels that nobody has, for the tests of whatever asks a model about guests.

import MemoryRequests
package import Predictions
package import Quantities

/// A kernel of 4 KiB pages without huge pages, and the boards that it starts on.
package enum SampleKernel {
  package static func facts(
    _ line: String = "6.1", pageSize: PageSize = .fourKiB
  ) -> KernelFacts {
    var configuration = [
      "DMA_CMA": "y", "CMA_SIZE_SEL_MBYTES": "y", "CMA_SIZE_MBYTES": "0",
      "CMA_AREAS": "7", "ARM64_PA_BITS": "48", "ZONE_DMA": "y",
      "ZONE_DMA32": "y", "DMA_DECLARE_COHERENT": "y", "SWIOTLB": "y", "SPARSEMEM_VMEMMAP": "y",
    ]
    configuration["ARM64_\(pageSize.rawValue.uppercased())_PAGES"] = "y"
    configuration["ARM64_VA_BITS"] =
      switch pageSize {
      case .fourKiB: "39"
      case .sixteenKiB: "47"
      case .sixtyFourKiB: "42"
      }
    return KernelFacts(
      rules: rules(line), configuration: configuration, image: ImageFacts(size: 0x3c_0000))
  }

  /// 32-bit ARM, without LPAE.
  package static func factsOfARM(_ line: String = "6.1") -> KernelFacts {
    let configuration = [
      "DMA_CMA": "y", "CMA_SIZE_SEL_MBYTES": "y", "CMA_SIZE_MBYTES": "0", "CMA_AREAS": "7",
      "ARCH_FORCE_MAX_ORDER": "11", "VMSPLIT_3G": "y", "HIGHMEM": "y",
    ]
    return KernelFacts(
      armRules: rules(line), configuration: configuration, image: ImageFacts(armSize: 0x33_0000))
  }

  private static func rules(_ line: String) -> KernelRules {
    KernelRules.all.first { $0.line == line } ?? .oldest
  }

  package static func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange {
    guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
      fatalError("no range")
    }
    return range
  }

  /// Kernel, initramfs and device tree low in the first bank.
  package static func memory(
    _ banks: [PhysicalRange], cma: String, deviceTree: UInt64? = nil
  ) -> EarlyMemory {
    let base = banks[0].start.value
    return EarlyMemory(
      banks: banks, deviceTree: range(deviceTree ?? base + 0x48_0000, 0x1000),
      initramfs: range(base + 0x3c_0000, 0xa_0000), kernel: PhysicalAddress(base),
      commandLine: "console=ttyAMA0 cma=\(cma)")
  }

  package static let stock = [range(0, 0x7ff0_0000), range(0x8_0000_0000, 0x8000_0000)]
  package static let stockWindows = [range(0, 0x8000_0000), range(0x8_0000_0000, 0x8000_0000)]
  package static let devices = [range(0xf900_0000, 0x20_0000), range(0xff00_0000, 0x20_0000)]
}
