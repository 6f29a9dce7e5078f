// SPDX-License-Identifier: Apache-2.0

/// Where a default pool goes that has no fixed place (mm/cma.c, cma_declare_contiguous_nid, later
/// cma_alloc_mem).
struct PoolSearch {
  let size: UInt64
  /// A power of two.
  let alignment: UInt64
  /// Where the search begins and ends.
  let base: UInt64
  let limit: UInt64
  /// The first address that the kernel does not map for good.
  let highMemoryStart: UInt64
  let highSearch: KernelRules.HighSearch
  /// PHYS_ADDR_MAX.
  let highestAddress: UInt64

  struct Find: Hashable {
    /// Nil where no hole is large enough.
    var pool: UInt64?
    /// What the first step found and the second one forgot: it stays reserved.
    var lost: UInt64?
  }

  /// Reserves the pool: above lowmem first, then above 4 GiB, then from the base on.
  func reserve(in memblock: inout Memblock) -> Find {
    let fourGiB: UInt64 = 1 << 32
    var find = Find()
    var limit = limit
    if base < highMemoryStart, limit > highMemoryStart {
      find.pool = memblock.allocate(
        size: size, align: alignment, from: highMemoryStart, limit: limit)
      limit = highMemoryStart
    }
    if highestAddress > fourGiB, startsAtFourGiB(memblock, limit) {
      find.lost = find.pool
      find.pool = memblock.allocate(
        size: size, align: alignment, from: fourGiB, limit: limit, .bottomUp)
    }
    if find.pool == nil {
      find.pool = memblock.allocate(size: size, align: alignment, from: base, limit: limit)
    }
    return find
  }

  private func startsAtFourGiB(_ memblock: Memblock, _ limit: UInt64) -> Bool {
    let enough = 1 << 32 &+ size
    return switch highSearch {
    case .never: false
    case .endOfMemory: memblock.endOfMemory >= enough
    case .limit: limit >= enough
    }
  }
}
