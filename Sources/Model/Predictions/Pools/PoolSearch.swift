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
  /// Whether the search above 4 GiB comes before the one for highmem.
  let searchesHighFirst: Bool
  /// PHYS_ADDR_MAX.
  let highestAddress: UInt64

  struct Find: Hashable {
    /// Nil where no hole is large enough.
    var pool: UInt64?
    /// What the first step found and the second one forgot: it stays reserved.
    var lost: UInt64?
  }

  /// Reserves the pool: above lowmem and above 4 GiB, in that order or the other one, then from the base
  /// on.
  func reserve(in memblock: inout Memblock) -> Find {
    var find = Find()
    var limit = limit
    if searchesHighFirst { find.pool = reserveAboveFourGiB(in: &memblock, limit) }
    if find.pool == nil, base < highMemoryStart, limit > highMemoryStart {
      find.pool = memblock.allocate(
        size: size, align: alignment, from: highMemoryStart, limit: limit)
      limit = highMemoryStart
    }
    if !searchesHighFirst, startsAtFourGiB(memblock, limit) {
      find.lost = find.pool
      find.pool = reserveAboveFourGiB(in: &memblock, limit)
    }
    if find.pool == nil {
      find.pool = memblock.allocate(size: size, align: alignment, from: base, limit: limit)
    }
    return find
  }

  private func reserveAboveFourGiB(in memblock: inout Memblock, _ limit: UInt64) -> UInt64? {
    guard startsAtFourGiB(memblock, limit) else { return nil }
    return memblock.allocate(
      size: size, align: alignment, from: 1 << 32, limit: limit, .bottomUp)
  }

  private func startsAtFourGiB(_ memblock: Memblock, _ limit: UInt64) -> Bool {
    guard highestAddress > 1 << 32 else { return false }
    let enough = 1 << 32 &+ size
    return switch highSearch {
    case .never: false
    case .endOfMemory: memblock.endOfMemory >= enough
    case .limit: limit >= enough
    }
  }
}
