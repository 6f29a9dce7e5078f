// SPDX-License-Identifier: Apache-2.0

import Guests
import Kernels
package import Predictions
import Records
package import SystemPackage

/// One of the two kernels of an upgrade.
package struct UpgradeSide: Hashable, Sendable {
  package enum Kernel: Hashable, Sendable {
    /// A line or a release, as its user named it.
    case release(KernelRules, named: String)
    /// A source tree.
    case tree(FilePath)
  }

  package let kernel: Kernel
  /// Its .config, or the package that has it; nil for the tree's own, and where there is none, for that of
  /// the guest's kernel.
  package let configuration: FilePath?

  package init(_ kernel: Kernel, configuration: FilePath?) {
    self.kernel = kernel
    self.configuration = configuration
  }

  /// What configures it; nil for what configures the guest's kernel.
  var configurationFile: FilePath? {
    if let configuration { return configuration }
    guard case .tree(let tree) = kernel,
      case .ownConfiguration = KernelBase(of: tree, defconfig: nil)
    else { return nil }
    return tree.appending(KernelBase.configurationName)
  }

  /// - Throws: `PredictionError` for a folder that is not a kernel's source.
  var rules: KernelRules {
    get throws {
      switch kernel {
      case .release(let rules, _): rules
      case .tree(let tree): try KernelKnowledge.rules(ofSource: tree)
      }
    }
  }

  var origin: UpgradedGuest.Origin? {
    let tree: FilePath? = if case .tree(let path) = kernel { path } else { nil }
    guard tree != nil || configurationFile != nil else { return nil }
    return .init(tree: tree?.string, configuration: configurationFile?.string)
  }
}
