// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// A child of /reserved-memory (Documentation/devicetree/bindings/reserved-memory).
///
/// Nothing is said here about whether the kernel will take it: overlaps, alignment and flags that
/// exclude each other are written as they are asked for, to see what the kernel makes of them.
package struct ReservedRegion: Hashable, Sendable {
  package enum Placement: Hashable, Sendable {
    /// `reg`: these addresses. The kernel makes a pool of the first only.
    case fixed([PhysicalRange])
    /// `size`: the kernel looks for a place, in `within` in its order, or anywhere if it is empty.
    case dynamic(size: ByteCount, alignment: ByteCount?, within: [PhysicalRange])
  }

  /// The node's name without unit address; a CMA area and a dma-heap are called by the whole name.
  package var name: String
  package var placement: Placement
  /// `shared-dma-pool` for a pool; empty for a carve-out.
  package var compatible: [String]
  /// The page allocator may lend the pages: with `shared-dma-pool` it is what makes a CMA pool.
  package var isReusable: Bool
  /// The kernel must not map it.
  package var isNoMap: Bool
  /// The pool of every device that has none of its own.
  package var isLinuxCMADefault: Bool

  package init(
    name: String, placement: Placement, compatible: [String] = [], isReusable: Bool = false,
    isNoMap: Bool = false, isLinuxCMADefault: Bool = false
  ) {
    self.name = name
    self.placement = placement
    self.compatible = compatible
    self.isReusable = isReusable
    self.isNoMap = isNoMap
    self.isLinuxCMADefault = isLinuxCMADefault
  }

  /// The node's full name: with the first `reg` address as unit address, as the binding wants it.
  package var nodeName: String {
    guard case .fixed(let ranges) = placement, let first = ranges.first else { return name }
    return "\(name)@\(String(first.start.value, radix: 16))"
  }
}

extension ReservedRegion: CustomStringConvertible {
  /// `linux,cma@34800000: reg 0x34800000-0xefffffff, shared-dma-pool, reusable`.
  package var description: String {
    var words: [String] = []
    switch placement {
    case .fixed(let ranges):
      words.append("reg " + ranges.map(\.description).joined(separator: " "))
    case .dynamic(let size, let alignment, let within):
      words.append("size \(size)")
      if let alignment { words.append("alignment \(alignment)") }
      if !within.isEmpty {
        words.append("alloc-ranges " + within.map(\.description).joined(separator: " "))
      }
    }
    words += compatible
    if isReusable { words.append("reusable") }
    if isNoMap { words.append("no-map") }
    if isLinuxCMADefault { words.append("linux,cma-default") }
    return "\(nodeName): " + words.joined(separator: ", ")
  }
}
