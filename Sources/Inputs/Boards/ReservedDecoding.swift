// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
import YAMLFiles

// Reserved memory in a board file: the words of `--region`, as keys.
extension NodeCursor {
  private static let example = "- { name: video, size: 64M, reusable: true }"

  /// Regions that Linux may well refuse: overlaps, sizes and flags are the user's to try.
  func reservedRegions() throws(YAMLFileError) -> [RequestedRegion] {
    var regions: [RequestedRegion] = []
    var names: [String: NodeCursor] = [:]
    for element in try elements(example: Self.example) {
      let region = try element.reservedRegion()
      if let earlier = names.updateValue(element, forKey: region.region.nodeName) {
        throw element.failure(
          "'\(region.region.nodeName)' is the name of \(earlier.keyPath) too "
            + "(line \(earlier.line)): rename one of them")
      }
      regions.append(region)
    }
    return regions
  }

  func memoryReservations() throws(YAMLFileError) -> [PhysicalRange] {
    var ranges: [PhysicalRange] = []
    for element in try elements(example: "- { base: 0x1000000, size: 1M }") {
      let fields = try element.fields(RangeKey.self)
      let base = try fields.required(.base)
      let size = try fields.required(.size)
      guard let range = PhysicalRange(start: try base.address(), size: try size.size()) else {
        throw size.failure("base plus size wraps past 2^64: lower one of them")
      }
      ranges.append(range)
    }
    return ranges
  }

  private func reservedRegion() throws(YAMLFileError) -> RequestedRegion {
    let fields = try fields(RegionKey.self)
    var region = RegionFields()
    region.name = try fields.optional(.name)?.text()
    region.size = try fields.optional(.size)?.size()
    region.address = try fields.optional(.at)?.address()
    region.alignment = try fields.optional(.align)?.size()
    if let users = fields.optional(.users) {
      region.userCount = try users.count(
        in: RegionFields.userCounts, because: "devices that share a region")
    }
    for place in try fields.optional(.within)?.oneOrMore() ?? [] {
      region.within.append(try place.range())
    }
    for place in try fields.optional(.compatible)?.oneOrMore() ?? [] {
      region.compatible.append(try place.text())
    }
    region.isReusable = try fields.optional(.reusable)?.flag() ?? false
    region.isNoMap = try fields.optional(.noMap)?.flag() ?? false
    region.isDefault = try fields.optional(.default)?.flag() ?? false
    do {
      return try region.region()
    } catch {
      throw (RegionKey(rawValue: error.key).flatMap(fields.optional) ?? self).failure("\(error)")
    }
  }

  /// `START-END` or `START+SIZE`.
  func range() throws(YAMLFileError) -> PhysicalRange {
    let text = try text()
    do {
      return try RegionFields.range(parsing: text)
    } catch {
      throw failure("\(error): write START-END, the end inclusive, or START+SIZE")
    }
  }

  private enum Flag: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }

  private func flag() throws(YAMLFileError) -> Bool {
    try choice("a flag", of: Flag.self) == .yes
  }
}
