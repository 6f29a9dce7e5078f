// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities

/// Reads a child of /reserved-memory from one word of the command line:
/// `name=video,size=64M,at=0x50000000,reusable`.
enum RegionArgument {
  /// The keys, as the help lists them.
  static let syntax =
    "name=NAME,size=SIZE[,at=ADDRESS | ,align=SIZE,within=RANGE…][,reusable|no-map][,default]"
    + "[,users=N][,compatible=WORD…]"

  /// - Throws: `RegionArgumentError`, `RegionFault`, `QuantityError`.
  static func region(_ text: String) throws -> RequestedRegion {
    var fields = RegionFields()
    var given: Set<String> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let key = pair.first, RegionFields.valued.contains(key) == (pair.count == 2),
        RegionFields.valued.contains(key) || RegionFields.flags.contains(key)
      else { throw RegionArgumentError.notUnderstood(String(word)) }
      guard given.insert(key).inserted || RegionFields.repeated.contains(key) else {
        throw RegionArgumentError.twice(key)
      }
      try set(key, pair.last ?? "", of: &fields)
    }
    return try fields.region()
  }

  private static func set(_ key: String, _ value: String, of fields: inout RegionFields) throws {
    switch key {
    case "name": fields.name = value
    case "size": fields.size = try ByteCount(parsing: value)
    case "at": fields.address = try PhysicalAddress(parsing: value)
    case "align": fields.alignment = try ByteCount(parsing: value)
    case "within": fields.within.append(try RegionFields.range(parsing: value))
    case "compatible": fields.compatible.append(value)
    case "users":
      guard let count = Int(value), 0...64 ~= count else {
        throw RegionArgumentError.notUnderstood("users=\(value)")
      }
      fields.userCount = count
    case "reusable": fields.isReusable = true
    case "no-map": fields.isNoMap = true
    default: fields.isDefault = true
    }
  }
}

/// Why a word does not describe a region.
enum RegionArgumentError: Error, CustomStringConvertible {
  case notUnderstood(String)
  case twice(String)

  var description: String {
    switch self {
    case .notUnderstood(let word): "'\(word)' is not understood: write \(RegionArgument.syntax)"
    case .twice(let key): "'\(key)' is given twice"
    }
  }
}
