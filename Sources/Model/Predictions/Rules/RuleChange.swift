// SPDX-License-Identifier: Apache-2.0

import Quantities

/// That a rule changed in some release.
struct RuleChange: Sendable {
  /// The rule that changed.
  let rule: any PartialKeyPath<KernelRules> & Sendable
  /// The first mainline release with it; nil where it is only known to have come after the line before,
  /// and with this one at the latest.
  let since: KernelRelease?
  /// The point releases that older stable series took it with, one a series.
  let backports: [KernelRelease]
  private let apply: @Sendable (inout KernelRules) -> Void

  /// - Parameters:
  ///   - rule: the property.
  ///   - value: what it is from then on.
  ///   - since: the first mainline release with it: `(6, 12)`.
  ///   - backports: point releases of stable series that took it: `(6, 6, 80)`.
  init<Value: Sendable>(
    _ rule: any WritableKeyPath<KernelRules, Value> & Sendable, _ value: Value,
    since: (major: Int, minor: Int)? = nil,
    backports: [(major: Int, minor: Int, patch: Int)] = []
  ) {
    self.rule = rule
    self.since = since.map { KernelRelease(major: $0.major, minor: $0.minor) }
    self.backports = backports.map {
      KernelRelease(major: $0.major, minor: $0.minor, patch: $0.patch)
    }
    apply = { $0[keyPath: rule] = value }
  }

  /// Whether a release has it: its own stable series decides where that took it.
  ///
  /// - Parameter line: the first line that has it.
  func isPart(of release: KernelRelease, since line: KernelRelease) -> Bool {
    since ?? line <= release || backports.contains { $0.line == release.line && $0 <= release }
  }

  func apply(to rules: inout KernelRules) { apply(&rules) }
}
