// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A region of /reserved-memory that does not become what its node asks for, and what would help it.
package struct RegionAdvice: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// An address and a size that need no rounding.
    case alignment
    /// RAM is declared where the region lies.
    case bank
    /// Another address.
    case place
    /// `alloc-ranges` in which there is room.
    case range
    /// As much as there is room for.
    case size
  }

  /// A change that makes a region of the node.
  package struct Remedy: Hashable, Sendable, Codable {
    package let kind: Kind
    /// A phrase in the imperative.
    package let summary: String
    /// Where the region then lies.
    package let region: PhysicalRange
    /// The node, or the memory node, to write.
    package let deviceTree: String
    /// The command that shows it on a guest; nil where no option says it.
    package let boot: String?
    /// What it costs.
    package let caveats: [String]

    package init(
      kind: Kind, summary: String, region: PhysicalRange, deviceTree: String, boot: String?,
      caveats: [String]
    ) {
      self.kind = kind
      self.summary = summary
      self.region = region
      self.deviceTree = deviceTree
      self.boot = boot
      self.caveats = caveats
    }
  }

  /// With its unit address.
  package let node: String
  /// What becomes of it, in phrases.
  package let problems: [String]
  /// At most one of a kind; empty where none was found.
  package let remedies: [Remedy]

  package init(node: String, problems: [String], remedies: [Remedy]) {
    self.node = node
    self.problems = problems
    self.remedies = remedies
  }
}
