// SPDX-License-Identifier: Apache-2.0
package import Quantities

extension EarlyMemory {
  /// What a boot loader keeps clear of, as U-Boot does (boot/image-fdt.c,
  /// boot_fdt_add_mem_rsv_regions): regions with an address, and `/memreserve/` entries.
  package var staticRanges: [PhysicalRange] {
    let nodes = reservedMemory?.nodes ?? []
    return memoryReservations
      + nodes.flatMap { node -> [PhysicalRange] in
        guard case .fixed(let entries) = node.placement else { return [] }
        return entries.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
      }
  }

  /// Where a boot loader puts the kernel if nobody says otherwise: at the first multiple of 2 MiB
  /// that no static region takes (Documentation/arm64/booting.rst, section 4; an Image goes anywhere).
  ///
  /// - Returns: what the kernel occupies from its first byte on; nil where no bank has room for it.
  package func kernelPlace(of image: ImageFacts) -> PhysicalRange? {
    banks.firstPlace(
      of: ByteCount(image.size), alignedTo: .block2M, offset: image.textOffset,
      clearOf: staticRanges)
  }
}
