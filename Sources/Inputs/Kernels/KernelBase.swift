// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// What a kernel's configuration starts from.
package enum KernelBase: Hashable, Sendable {
  /// cmalab's fragments; what none of them names is off.
  case fragments
  /// A file of the tree's `arch/ARCH/configs`, by its name there.
  case defconfig(String)
  /// The `.config` that the tree has.
  case ownConfiguration

  /// That of a user's tree.
  ///
  /// - Parameter defconfig: as the user names it; nil for the tree's own .config, and for the fragments
  ///   where there is none.
  package init(of tree: FilePath, defconfig: String?) {
    if let defconfig {
      self = .defconfig(defconfig)
    } else {
      self = SourceTree(at: tree).isConfigured ? .ownConfiguration : .fragments
    }
  }

  /// Of the file that configures a tree, in it.
  package static let configurationName = SourceTree.configurationName

  /// What it is called in the names of cache entries, and for people.
  var name: String {
    switch self {
    case .fragments: "fragments"
    case .defconfig(let name): name
    case .ownConfiguration: SourceTree.configurationName
    }
  }
}
