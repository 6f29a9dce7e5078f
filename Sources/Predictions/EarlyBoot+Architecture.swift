// SPDX-License-Identifier: Apache-2.0

/// What the steps that all architectures share have to know of the one that boots: the only place
/// that asks which it is.
extension EarlyBoot {
  /// Where the search for the default pool ends: what dma_contiguous_reserve is called with.
  var dmaLimit: UInt64 { zoneLimitOfARM64 }

  /// The first address that is not in the linear map (`__pa(high_memory - 1) + 1`): on arm64 the end
  /// of RAM.
  var highMemoryStart: UInt64 { memblock.endOfMemory }

  /// Addresses at which one zone ends and another begins.
  var zoneBorders: [UInt64] { zoneBordersOfARM64 }
}
