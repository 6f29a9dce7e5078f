// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Why a device tree cannot be built, read, or believed; what libfdt refuses is an `FDTError`.
package enum DeviceTreeError: Error, Hashable, Sendable {
  /// A request that no tree can express.
  case request(field: String, reason: String)
  /// A `#address-cells` or `#size-cells` outside what 64-bit addresses need.
  case cellCount(property: String, count: UInt32, allowed: ClosedRange<Int>)
  /// A property whose length is no whole number of entries.
  case partialEntry(property: String, cells: Int, cellsPerEntry: Int)
  /// A range that wraps past 2^64.
  case wraps(property: String, start: UInt64, byteCount: UInt64)
  /// A range whose end does not lie behind its start.
  case reversed(property: String, start: UInt64, end: UInt64)
  /// A value that does not fit in the cells that the tree has for it.
  case tooWide(property: String, value: UInt64, cells: Int)
  /// A required property is not there.
  case missing(property: String)
  /// More entries than any board has.
  case tooMany(what: String, limit: Int)
  /// What was read back from the tree is not what was asked for.
  case readBack(field: String, asked: String, found: String)
}

extension DeviceTreeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .request(let field, let reason): "\(field): \(reason)"
    case .cellCount(let property, let count, let allowed):
      "\(property) is \(count): write \(allowed.lowerBound)"
        + (allowed.count > 1 ? " to \(allowed.upperBound)" : "")
    case .partialEntry(let property, let cells, let cellsPerEntry):
      "\(property) has \(cells) cells, which is not a multiple of the \(cellsPerEntry) of an entry: "
        + "look at the #address-cells and #size-cells that apply to it"
    case .wraps(let property, let start, let byteCount):
      "\(property): \(ByteCount(byteCount)) at \(PhysicalAddress(start)) reach past 2^64"
    case .reversed(let property, let start, let end):
      "\(property) is \(PhysicalAddress(end)), which is not behind its start \(PhysicalAddress(start))"
    case .tooWide(let property, let value, let cells):
      "\(property): \(PhysicalAddress(value)) does not fit in \(cells) 32-bit "
        + "\(cells == 1 ? "cell" : "cells"): raise #address-cells and #size-cells in the base tree"
    case .missing(let property): "\(property) is missing"
    case .tooMany(let what, let limit): "more than \(limit) \(what)"
    case .readBack(let field, let asked, let found):
      "the device tree does not say what was asked for: \(field) should be \(asked), reads \(found): "
        + "look for what the base tree says of it already"
    }
  }
}
