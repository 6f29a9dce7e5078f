// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A change that helps, in the words of those who have to make it.
package struct Remedy: Hashable, Sendable, Codable {
  /// In the order in which they are tried: what is changed with least trouble comes first.
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case placement
    case alignment
    case window
    case node
    case split
    /// A split that claims RAM where the board has none.
    case inventedSplit = "invented-split"
  }

  package let kind: Kind
  /// A sentence.
  package let summary: String
  /// Where the pool then lies.
  package let pool: PhysicalRange
  /// Device-tree source to merge in; nil where the tree stays as it is.
  package let deviceTree: String?
  /// What the kernel's command line has to have; nil where it stays as it is.
  package let commandLine: String?
  /// What U-Boot has to be told, one way a line; nil where it has nothing to do.
  package let bootLoader: String?
  /// What it costs.
  package let caveats: [String]

  package init(
    kind: Kind, summary: String, pool: PhysicalRange, deviceTree: String?, commandLine: String?,
    bootLoader: String?, caveats: [String]
  ) {
    self.kind = kind
    self.summary = summary
    self.pool = pool
    self.deviceTree = deviceTree
    self.commandLine = commandLine
    self.bootLoader = bootLoader
    self.caveats = caveats
  }
}
