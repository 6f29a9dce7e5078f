// SPDX-License-Identifier: Apache-2.0

package import Predictions

/// A guest whose kernel is replaced by one of another release, as far as the model tells.
package struct UpgradedGuest: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.upgrade.identifier

  /// What becomes of one pool.
  package struct Pool: Hashable, Sendable, Codable {
    package let name: String
    package let change: Upgrade.Change.Kind
    /// The rules that make the difference, by name; none where there is none.
    package let rules: [Rule]
    /// The options of Kconfig that make the difference; nil where there is none.
    package let options: [Option]?
  }

  /// An option that the two kernels do not have alike.
  package struct Option: Hashable, Sendable, Codable {
    /// `CONFIG_CMA_ALIGNMENT`.
    package let name: String
    /// As a .config writes it; nil for one that is not set.
    package let before: String?
    package let after: String?
  }

  /// Where a kernel is from that is not a release with the configuration of ``kernel``.
  package struct Origin: Hashable, Sendable, Codable {
    /// Its source.
    package let tree: String?
    /// The .config, or the package that has it.
    package let configuration: String?

    package init(tree: String?, configuration: String?) {
      self.tree = tree
      self.configuration = configuration
    }
  }

  package struct Rule: Hashable, Sendable, Codable {
    package let name: String
    /// What the rule decides, and what the two kernels do.
    package let question: String
    package let before: String
    package let after: String
  }

  package let schema: String
  package let board: String
  package let layout: String
  /// Whose image both kernels are taken to have, and whose configuration where they have none of their own.
  package let kernel: String
  /// The two releases.
  package let from: String
  package let to: String
  /// Nil for a release with the configuration of ``kernel``.
  package let fromOrigin: Origin?
  package let toOrigin: Origin?
  package let pools: [Pool]
  package let before: PredictedRecord
  package let after: PredictedRecord

  /// Whether the newer kernel takes a pool away, makes one smaller, or does not survive where the older
  /// one does.
  package var isLoss: Bool {
    pools.contains { $0.change == .gone || $0.change == .shrunk }
      || (after.fatality != nil && before.fatality == nil)
  }

  package init(
    board: String, layout: String, kernel: String, from old: Origin?, to new: Origin?,
    _ upgrade: Upgrade
  ) {
    let (before, after) = (upgrade.oldKernel, upgrade.newKernel)
    schema = Self.currentSchema
    self.board = board
    self.layout = layout
    self.kernel = kernel
    from = "\(before.rules.release)"
    to = "\(after.rules.release)"
    fromOrigin = old
    toOrigin = new
    pools = upgrade.pools.map { change in
      Pool(
        name: change.name, change: change.kind,
        rules: change.rules.map { rule in
          Rule(
            name: rule.name, question: rule.question, before: rule.value(of: before.rules),
            after: rule.value(of: after.rules))
        },
        options: change.options.isEmpty
          ? nil
          : change.options.map {
            Option(
              name: "CONFIG_\($0)", before: before.configuration[$0],
              after: after.configuration[$0])
          })
    }
    self.before = PredictedRecord(upgrade.before)
    self.after = PredictedRecord(upgrade.after)
  }
}
