// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A child of /reserved-memory that a user asks for, and how many devices use it.
///
/// It has one `reg` entry at most, so that ``argument`` can say it whole.
package struct RequestedRegion: Hashable, Sendable {
  package let region: ReservedRegion
  /// Devices that refer to it, beyond those that a test makes: several share it.
  package let userCount: Int

  /// - Parameter region: with one range at most where it is fixed.
  package init(region: ReservedRegion, userCount: Int = 0) {
    self.region = region
    self.userCount = userCount
  }

  /// Names of device nodes whose `memory-region` refers to it.
  package var users: [String] {
    (0..<userCount).map { index in
      index == 0 ? "cmalab-\(region.name)" : "cmalab-\(region.name)-\(index + 1)"
    }
  }

  /// The same region with another size, in the same places; nil for one that has an address, beside which
  /// there need not be as much room, and for no size.
  package func resized(to size: ByteCount) -> RequestedRegion? {
    guard size > .zero, case .dynamic(_, let alignment, let within) = region.placement else {
      return nil
    }
    var region = region
    region.placement = .dynamic(size: size, alignment: alignment, within: within)
    return RequestedRegion(region: region, userCount: userCount)
  }

  /// The name of a default pool's node, which is what the kernel's own device trees call it.
  package static let defaultPoolName = "linux,cma"

  /// The node that asks for a default pool in the device tree; nil for a pool of no size.
  ///
  /// An address becomes `reg`, a range `alloc-ranges`.
  ///
  /// - Parameter alignment: of a pool that the kernel finds a place for; nil for the kernel's own.
  package init?(defaultPool pool: PoolRequest, alignment: ByteCount?) {
    guard pool.bytes > .zero else { return nil }
    let placement: ReservedRegion.Placement
    if let base = pool.base, pool.limit == nil,
      let range = PhysicalRange(start: base, size: pool.bytes)
    {
      placement = .fixed([range])
    } else {
      placement = .dynamic(
        size: pool.bytes, alignment: alignment, within: [pool.window].compactMap(\.self))
    }
    self.init(
      region: ReservedRegion(
        name: Self.defaultPoolName, placement: placement, compatible: ["shared-dma-pool"],
        isReusable: true, isLinuxCMADefault: true))
  }
}

// MARK: - One word of the command line

extension RequestedRegion {
  /// The keys, as the help lists them.
  package static let syntax =
    "name=NAME,size=SIZE[,at=ADDRESS | ,align=SIZE,within=RANGE…][,reusable|no-map][,default]"
    + "[,users=N][,compatible=WORD…]"

  /// Reads `name=video,size=64M,at=0x50000000,reusable`. A comma that belongs to a value is written
  /// twice, as in QEMU's options: `name=linux,,cma`.
  ///
  /// - Throws: `RegionArgumentError`, `RegionFault`, `QuantityError`.
  package init(parsing text: String) throws {
    var fields = RegionFields()
    var given: Set<String> = []
    for word in Self.words(of: text) {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let key = pair.first, RegionFields.valued.contains(key) == (pair.count == 2),
        RegionFields.valued.contains(key) || RegionFields.flags.contains(key)
      else { throw RegionArgumentError.notUnderstood(word) }
      guard given.insert(key).inserted || RegionFields.repeated.contains(key) else {
        throw RegionArgumentError.twice(key)
      }
      try Self.set(key, pair.last ?? "", of: &fields)
    }
    self = try fields.region()
  }

  /// As ``init(parsing:)`` reads it.
  package var argument: String {
    var words = ["name=\(region.name)"]
    switch region.placement {
    case .fixed(let ranges):
      words += ranges.prefix(1).flatMap {
        ["size=\($0.size.kernelArgument)", "at=\($0.start)"]
      }
    case .dynamic(let size, let alignment, let within):
      words.append("size=\(size.kernelArgument)")
      if let alignment { words.append("align=\(alignment.kernelArgument)") }
      words += within.map { "within=\($0.argument)" }
    }
    if region.isReusable { words.append("reusable") }
    if region.isNoMap { words.append("no-map") }
    if region.isLinuxCMADefault { words.append("default") }
    if userCount > 0 { words.append("users=\(userCount)") }
    if region.compatible.isEmpty {
      words.append("compatible=none")
    } else if region.compatible != RegionFields.poolCompatible {
      words += region.compatible.map { "compatible=\($0)" }
    }
    return words.map { $0.replacing(",", with: ",,") }.joined(separator: ",")
  }

  /// Splits at single commas; two of them are one that belongs to its word.
  private static func words(of text: String) -> [String] {
    var words = [""]
    var rest = text[...]
    while let character = rest.popFirst() {
      if character != "," {
        words[words.count - 1].append(character)
      } else if rest.first == "," {
        rest.removeFirst()
        words[words.count - 1].append(",")
      } else {
        words.append("")
      }
    }
    return words
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
      guard let count = Int(value), RegionFields.userCounts ~= count else {
        throw RegionArgumentError.notUnderstood("users=\(value)")
      }
      fields.userCount = count
    case "reusable": fields.isReusable = true
    case "no-map": fields.isNoMap = true
    default: fields.isDefault = true
    }
  }
}

extension PhysicalRange {
  /// As options take a range: `0x34800000+3000M`.
  package var argument: String { "\(start)+\(size.kernelArgument)" }
}

/// Why a word does not describe a region.
package enum RegionArgumentError: Error, Hashable, Sendable, CustomStringConvertible {
  case notUnderstood(String)
  case twice(String)

  package var description: String {
    switch self {
    case .notUnderstood(let word):
      "'\(word)' is not understood: write name=NAME,size=SIZE,… as the help has it, a comma inside of a "
        + "value twice"
    case .twice(let key): "'\(key)' is given twice"
    }
  }
}
