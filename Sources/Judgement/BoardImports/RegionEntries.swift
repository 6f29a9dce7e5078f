// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Predictions
import Quantities

/// A region as a board file has it.
struct ImportedRegion: Sendable {
  var name: String
  let size: ByteCount
  let address: PhysicalAddress?
  let alignment: ByteCount?
  let within: [PhysicalRange]
  let isPool: Bool
  let isReusable: Bool
  let isNoMap: Bool
  let isDefault: Bool
  let origin: String

  var range: PhysicalRange? {
    address.flatMap { PhysicalRange(start: $0, size: size) }
  }
}

/// The children of /reserved-memory in the words of a board file.
struct RegionEntries {
  private(set) var regions: [ImportedRegion] = []
  /// Those that it has no words for, in a sentence each.
  private(set) var omitted: [String] = []

  /// Where regions with a place lie.
  var ranges: [PhysicalRange] { regions.compactMap(\.range) }

  init(_ view: BoardView, _ memory: EarlyMemory) {
    for node in memory.reservedMemory?.nodes ?? [] {
      let origin = Self.origin(of: node, view)
      switch node.placement {
      case .fixed(let entries):
        for entry in entries {
          add(node, size: entry.size, address: entry.start, origin)
        }
      case .dynamic(let size, let alignment, let within):
        add(node, size: size, alignment: alignment, within: within ?? [], origin)
      case .malformedFixed: omit(node, "its reg is not a whole number of entries")
      case .malformedSize: omit(node, "its size is not in the root's cells")
      case .malformedAlignment: omit(node, "its alignment is not in the root's cells")
      case .malformedRanges: omit(node, "its alloc-ranges is not a whole number of entries")
      case .nowhere: omit(node, "it has neither reg nor size")
      }
    }
  }

  private static func origin(of node: EarlyMemory.Node, _ view: BoardView) -> String {
    if let tree = view.tree { return "\(tree.file): /reserved-memory/\(node.name)" }
    let lines =
      view.boot.regions.first { $0.value.name == node.name }?.lines
      ?? view.boot.pools.first { $0.value.name == node.name }?.lines
    return lines.map { view.origin($0) } ?? view.log
  }

  private mutating func omit(_ node: EarlyMemory.Node, _ reason: String) {
    omitted.append("\(node.name): \(reason)")
  }

  private mutating func add(
    _ node: EarlyMemory.Node, size: UInt64, address: UInt64? = nil, alignment: UInt64? = nil,
    within: [EarlyMemory.Entry] = [], _ origin: String
  ) {
    guard size > 0 else { return omit(node, "its size is 0") }
    var region = ImportedRegion(
      name: node.name.asNodeName, size: ByteCount(size),
      address: address.map { PhysicalAddress($0) }, alignment: alignment.map { ByteCount($0) },
      within: within.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) },
      isPool: node.isSharedPool, isReusable: node.isReusable, isNoMap: node.isNoMap,
      isDefault: node.isDefault, origin: origin)
    guard address == nil || region.range != nil else {
      return omit(node, "its reg wraps past the end of memory")
    }
    // Names are unique; a place behind them makes them so.
    let stem = region.name.prefix(27)
    var number = 2
    while regions.contains(where: { $0.name == region.name && $0.address == region.address }) {
      region.name = "\(stem)-\(number)"
      number += 1
    }
    regions.append(region)
  }
}

extension String {
  /// Without a unit address, in the letters of a node's name (Devicetree Specification 0.4, 2.2.1).
  fileprivate var asNodeName: String {
    let stem = split(separator: "@", omittingEmptySubsequences: false)[0]
    let letters = stem.map { character in
      let isAllowed =
        character.isASCII
        && (character.isLetter || character.isWholeNumber || ",._+-".contains(character))
      return isAllowed ? character : "-"
    }
    let name = String(letters.prefix(31))
    return name.first?.isLetter == true ? name : "region-" + name.prefix(24)
  }
}
