// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension EarlyMemory {
  /// The RAM that a kernel is left with by `linux,usable-memory-range` and `mem=`, by address: what it
  /// was told to do without is not missing.
  ///
  /// - Parameters:
  ///   - imageSize: what the running kernel occupies.
  ///   - textOffset: from the start of RAM to the kernel's first byte, on 32-bit ARM.
  package func usableRAM(
    on architecture: Architecture, pageSize: ByteCount, imageSize: ByteCount, textOffset: UInt64
  ) -> [PhysicalRange] {
    var memblock = Memblock(pageSize: pageSize.bytes)
    memblock.addBanks(banks, from: 0)
    memblock.capMemory(to: capture.usableRanges.prefix(2))
    let parameters = commandLine.memoryParameters
    switch architecture {
    case .arm64:
      guard let limit = parameters.last else { break }
      memblock.limitMemory(to: limit.size.alignedDown(to: pageSize.bytes))
      // arm64_memblock_init: neither the kernel nor its initramfs is cut off.
      memblock.add(kernel.value, size: imageSize.bytes)
      if let pages = initramfs?.pages(of: pageSize.bytes) {
        memblock.add(pages.start, size: pages.size)
      }
    case .arm:
      memblock.replaceMemory(
        by: parameters, from: kernel.value - min(textOffset, kernel.value), upTo: .max)
    }
    return memblock.memory.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
  }
}
