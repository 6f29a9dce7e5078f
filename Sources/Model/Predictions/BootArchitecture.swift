// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the steps that all architectures share have to know of the one that boots.
///
/// The order of the steps is the architecture's too: `EarlyBoot.run()` for each conforming type.
protocol BootArchitecture {
  /// Where the search for the default pool ends: what dma_contiguous_reserve is called with.
  func dmaLimit(_ memblock: Memblock) -> UInt64

  /// The first address that the kernel does not map for good (`__pa(high_memory - 1) + 1`): the end of
  /// RAM on arm64, of lowmem on arm.
  func highMemoryStart(_ memblock: Memblock) -> UInt64

  /// Addresses at which zones end (zone_sizes_init), the end of RAM at most.
  func zoneBorders(_ memblock: Memblock) -> [UInt64]

  /// What boot sets aside for devices that do not reach all RAM (mem_init); nil where it does not.
  func bounceBuffers(_ memblock: Memblock) -> BounceBuffers?

  /// Whether a `shared-dma-pool` that is not reusable has to be no-map as well
  /// (kernel/dma/coherent.c, rmem_dma_setup).
  var coherentPoolsAreUnmapped: Bool { get }

  /// The first byte of the image that is reserved.
  var reservedKernelStart: UInt64 { get }

  /// dma_contiguous_early_fixup: a region's pool, or the default pool, is to be mapped for DMA.
  mutating func announcePool(_ name: String, at start: UInt64, size: UInt64)

  /// sizeof struct device_node and struct property.
  var treeNodeSizes: (node: UInt64, property: UInt64) { get }

  /// How much RAM the kernel's own tables are sized by, in bytes.
  func mappedBytes(_ memblock: Memblock) -> UInt64

  /// What the rest of the boot has, and needs; nil where there is no room for the memory map.
  func survival(_ memblock: Memblock, _ areas: CMAAreaTable) -> SurvivalEstimate?
}

/// Memory of swiotlb (kernel/dma/swiotlb.c), in one piece.
struct BounceBuffers: Hashable, Sendable {
  /// IO_TLB_DEFAULT_SIZE (include/linux/swiotlb.h).
  static let bytes: UInt64 = 64 << 20

  /// Below which address they have to lie.
  let end: UInt64

  /// Whether they have a place: one that they were given, or one that is left.
  func haveRoom(in prediction: Prediction) -> Bool {
    let isGiven = prediction.reservations.contains {
      $0.owner == .bounceBuffers && $0.range.size.bytes >= Self.bytes
    }
    return isGiven
      || prediction.holes.contains { hole in
        let end = min(hole.last.value + 1, end)
        return end > hole.start.value && end - hole.start.value >= Self.bytes
      }
  }
}
