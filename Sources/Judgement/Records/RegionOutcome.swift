// SPDX-License-Identifier: Apache-2.0

package import Observations
package import Quantities

/// What became of a node of reserved-memory, in a record.
package struct RegionOutcome: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable {
    /// A CMA pool.
    case pool
    /// Memory that the kernel does not map.
    case carveOut = "carve-out"
    /// Addresses that the kernel is not to map, and where the board has no RAM.
    case outside
    /// Memory that is set aside, and mapped.
    case reserved
    /// A default pool that gave way to `cma=`.
    case bypassed
    /// Nothing, and the kernel, or the tree itself, says why.
    case refused
    /// Nothing that the guest shows.
    case unseen
  }

  package let node: String
  package let kind: Kind
  /// Nil where the guest does not show it.
  package let base: PhysicalAddress?
  package let bytes: ByteCount?
  /// The nodes whose `memory-region` refers to it.
  package let users: [String]
  /// What the kernel said against it, with its meaning.
  package let words: [ExplainedMessage]
  /// What is wrong with the node itself, which the kernel may not have said.
  package let fault: String?
  /// Where ``base`` and ``bytes`` were read.
  package let source: [Evidence]

  package init(
    node: String, kind: Kind, base: PhysicalAddress?, bytes: ByteCount?, users: [String],
    words: [ExplainedMessage], fault: String?, source: [Evidence]
  ) {
    self.node = node
    self.kind = kind
    self.base = base
    self.bytes = bytes
    self.users = users
    self.words = words
    self.fault = fault
    self.source = source
  }
}

/// A complaint of the kernel, with what it means.
package struct ExplainedMessage: Hashable, Sendable, Codable {
  /// Stable, for scripts: `pool-alignment`.
  package let id: String
  package let meaning: String
  package let remedy: String
  /// The kernel file and function that says it.
  package let origin: String
  package let source: Evidence

  package init(
    id: String, meaning: String, remedy: String, origin: String, source: Evidence
  ) {
    self.id = id
    self.meaning = meaning
    self.remedy = remedy
    self.origin = origin
    self.source = source
  }
}

extension RegionOutcome {
  /// `pool of 64 MiB at 0x50000000`, `refused`.
  package var summary: String {
    let size = bytes.map { " of \($0)" } ?? ""
    let place = base.map { " at \($0)" } ?? ""
    switch kind {
    case .pool: return "a pool\(size)\(place)"
    case .carveOut: return "a carve-out\(size)\(place)"
    case .outside: return "no RAM there, so nothing\(size) to carve out\(place)"
    case .reserved: return "a reserved region\(size)\(place)"
    case .bypassed: return "bypassed"
    case .refused: return "refused"
    case .unseen: return "nothing"
    }
  }
}
