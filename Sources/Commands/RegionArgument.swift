// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import Quantities

/// Reads a child of /reserved-memory from one word of the command line:
/// `name=video,size=64M,at=0x50000000,reusable`.
enum RegionArgument {
  /// The keys, as the help lists them.
  static let syntax =
    "name=NAME,size=SIZE[,at=ADDRESS | ,align=SIZE,within=START-END…][,reusable|no-map][,default]"

  /// - Throws: `RegionArgumentError`, `QuantityError`.
  static func region(_ text: String) throws -> ReservedRegion {
    var values: [String: [String]] = [:]
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let key = pair.first, valued.contains(key) == (pair.count == 2),
        valued.contains(key) || flags.contains(key)
      else { throw RegionArgumentError.notUnderstood(String(word)) }
      values[key, default: []].append(pair.count == 2 ? pair[1] : "")
    }
    for (key, given) in values where given.count > 1 && key != "within" {
      throw RegionArgumentError.twice(key)
    }
    guard let name = values["name"]?.first, isNodeName(name) else {
      throw RegionArgumentError.noName
    }
    guard let sizeText = values["size"]?.first else { throw RegionArgumentError.noSize(name) }
    let isReusable = values["reusable"] != nil
    return ReservedRegion(
      name: name, placement: try placement(try ByteCount(parsing: sizeText), values),
      // Both kinds are a pool to the DMA API; the kernel's two drivers tell them apart by reusable.
      compatible: ["shared-dma-pool"], isReusable: isReusable, isNoMap: values["no-map"] != nil,
      isLinuxCMADefault: values["default"] != nil)
  }

  private static let valued: Set = ["name", "size", "at", "align", "within"]
  private static let flags: Set = ["reusable", "no-map", "default"]

  private static func placement(
    _ size: ByteCount, _ values: [String: [String]]
  ) throws -> ReservedRegion.Placement {
    guard let address = values["at"]?.first else {
      return .dynamic(
        size: size, alignment: try values["align"]?.first.map { try ByteCount(parsing: $0) },
        within: try (values["within"] ?? []).map(range))
    }
    guard values["align"] == nil, values["within"] == nil else {
      throw RegionArgumentError.fixedAndFree
    }
    let start = try PhysicalAddress(parsing: address)
    guard let range = PhysicalRange(start: start, size: size) else {
      throw RegionArgumentError.noRange("\(address)+\(size)")
    }
    return .fixed([range])
  }

  /// `START-END`, the end inclusive, as everywhere.
  private static func range(_ text: String) throws -> PhysicalRange {
    let ends = try text.split(separator: "-").map { try PhysicalAddress(parsing: $0) }
    guard ends.count == 2, let range = PhysicalRange(start: ends[0], last: ends[1]) else {
      throw RegionArgumentError.noRange(text)
    }
    return range
  }

  /// Devicetree Specification 0.4, 2.2.1: 1 to 31 characters from this set, a letter first.
  private static func isNodeName(_ name: String) -> Bool {
    guard (1...31).contains(name.utf8.count), let first = name.first, first.isLetter else {
      return false
    }
    return name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isWholeNumber || "._+-".contains($0))
    }
  }
}

/// Why a word does not describe a region.
enum RegionArgumentError: Error, CustomStringConvertible {
  case notUnderstood(String)
  case twice(String)
  case noName
  case noSize(String)
  case noRange(String)
  case fixedAndFree

  var description: String {
    switch self {
    case .notUnderstood(let word): "'\(word)' is not understood: write \(RegionArgument.syntax)"
    case .twice(let key): "'\(key)' is given twice"
    case .noName: "a region needs name=NAME, letters first, at most 31 characters"
    case .noSize(let name): "region '\(name)' needs size=SIZE"
    case .noRange(let text): "'\(text)' is no range of addresses"
    case .fixedAndFree: "a region with 'at' has its place: leave 'align' and 'within' away"
    }
  }
}
