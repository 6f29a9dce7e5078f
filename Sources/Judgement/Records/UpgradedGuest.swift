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
  /// Whose configuration and image both kernels are taken to have.
  package let kernel: String
  /// The two releases.
  package let from: String
  package let to: String
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
    board: String, layout: String, kernel: String, from old: KernelRules, to new: KernelRules,
    _ upgrade: Upgrade
  ) {
    schema = Self.currentSchema
    self.board = board
    self.layout = layout
    self.kernel = kernel
    from = "\(old.release)"
    to = "\(new.release)"
    pools = upgrade.pools.map { change in
      Pool(
        name: change.name, change: change.kind,
        rules: change.rules.map { rule in
          Rule(
            name: rule.name, question: rule.question, before: rule.value(of: old),
            after: rule.value(of: new))
        })
    }
    before = PredictedRecord(upgrade.before)
    after = PredictedRecord(upgrade.after)
  }
}
