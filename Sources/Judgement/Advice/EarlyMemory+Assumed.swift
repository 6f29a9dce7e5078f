// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities

extension EarlyMemory {
  /// The same with RAM wherever the tree speaks of some: what holds there holds whatever RAM the boot
  /// loader fills in.
  ///
  /// One bank from the lowest address to the highest that a region or its alloc-ranges name, in whole
  /// GiB, and at least ``assumedBytes``.
  ///
  /// - Parameters:
  ///   - start: what a memory node has for its start; nil where none says.
  ///   - last: the highest address that the kernel has.
  func assumingMemory(from start: PhysicalAddress?, upTo last: UInt64) -> EarlyMemory {
    var assumed = self
    let named = staticRanges + allocationRanges
    let block = Alignment.block1G
    let lowest = min(start?.value ?? .max, named.map(\.start.value).min() ?? .max)
    let base = lowest == .max ? Self.usualStart : block.down(lowest)
    let highest = max(base + Self.assumedBytes - 1, named.map(\.last.value).max() ?? 0)
    let end = min(last, highest | (block.bytes - 1))
    assumed.banks =
      PhysicalRange(
        start: PhysicalAddress(base), last: PhysicalAddress(end)
      ).map { [$0] } ?? []
    return assumed
  }

  /// Where many boards' RAM begins, and room for all that a tree asks for.
  private static var usualStart: UInt64 { 0x4000_0000 }
  private static var assumedBytes: UInt64 { 4 << 30 }

  private var allocationRanges: [PhysicalRange] {
    (reservedMemory?.nodes ?? []).flatMap { node -> [PhysicalRange] in
      guard case .dynamic(_, _, let within) = node.placement else { return [] }
      return (within ?? []).compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    }
  }
}
