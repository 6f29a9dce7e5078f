// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A region as users write it, on the command line and in board files: the same words in both.
package struct RegionFields: Sendable {
  /// The words that have a value.
  package static let valued = ["name", "size", "at", "align", "within", "compatible", "users"]
  /// The words that stand alone.
  package static let flags = ["reusable", "no-map", "default"]
  /// Those of ``valued`` that may be given more than once.
  package static let repeated = ["within", "compatible"]

  /// How many devices a user may have share a region.
  package static let userCounts = 0...64
  /// Of a region that says nothing: a pool of the DMA API, which both its drivers are called by.
  static let poolCompatible = ["shared-dma-pool"]

  package var name: String?
  package var size: ByteCount?
  package var address: PhysicalAddress?
  package var alignment: ByteCount?
  package var within: [PhysicalRange] = []
  /// Empty for ``poolCompatible``; `none` for a node without the property.
  package var compatible: [String] = []
  /// How many devices use it, beyond those that a test makes.
  package var userCount = 0
  package var isReusable = false
  package var isNoMap = false
  package var isDefault = false

  package init() {}

  /// - Throws: `RegionFault`, which names the word that is wrong.
  package func region() throws(RegionFault) -> RequestedRegion {
    guard let name, Self.isNodeName(name) else {
      throw RegionFault(
        "name", "a region needs name=NAME, letters first, at most 31 characters")
    }
    guard let size else { throw RegionFault("size", "region '\(name)' needs size=SIZE") }
    let compatible = compatible.isEmpty ? Self.poolCompatible : compatible.filter { $0 != "none" }
    let region = ReservedRegion(
      name: name, placement: try placement(size), compatible: compatible, isReusable: isReusable,
      isNoMap: isNoMap, isLinuxCMADefault: isDefault)
    return RequestedRegion(region: region, userCount: userCount)
  }

  private func placement(_ size: ByteCount) throws(RegionFault) -> ReservedRegion.Placement {
    guard let address else {
      return .dynamic(size: size, alignment: alignment, within: within)
    }
    guard alignment == nil, within.isEmpty else {
      throw RegionFault(
        "at", "a region with 'at' has its place: omit 'align' and 'within'")
    }
    guard let range = PhysicalRange(start: address, size: size) else {
      throw RegionFault("size", "'\(address)+\(size)' is not a range of addresses")
    }
    return .fixed([range])
  }

  /// Devicetree Specification 0.4, 2.2.1: 1 to 31 characters from this set, a letter first.
  private static func isNodeName(_ name: String) -> Bool {
    guard (1...31).contains(name.utf8.count), let first = name.first, first.isLetter else {
      return false
    }
    return name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isWholeNumber || ",._+-".contains($0))
    }
  }

  /// `START-END`, the end inclusive, or `START+SIZE`.
  package static func range(parsing text: String) throws -> PhysicalRange {
    let isSized = text.contains("+")
    let ends = text.split(
      separator: isSized ? "+" : "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      throw RegionFault("within", "'\(text)' is not a range of addresses")
    }
    let start = try PhysicalAddress(parsing: ends[0])
    let range =
      isSized
      ? PhysicalRange(start: start, size: try ByteCount(parsing: ends[1]))
      : PhysicalRange(start: start, last: try PhysicalAddress(parsing: ends[1]))
    guard let range else { throw RegionFault("within", "'\(text)' is not a range of addresses") }
    return range
  }
}

/// Why words do not describe a region.
package struct RegionFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The word that is wrong or missing.
  package let key: String
  package let description: String

  package init(_ key: String, _ description: String) {
    self.key = key
    self.description = description
  }
}
