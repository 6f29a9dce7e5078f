// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

// What lint looks for. A rule is a file of its own here and a line in ``LintRules/all``.

/// Something that a lint looks for.
protocol LintRule: Sendable {
  /// What it finds: one rule, but for the kernel's own complaints, which are a rule each.
  var descriptions: [LintRuleDescription] { get }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding]
}

extension LintRuleDescription {
  /// What the rule found in one place.
  ///
  /// - Parameters:
  ///   - problem: with this tree's figures; the rule's summary where it is nil.
  ///   - consequence: where it has figures; else the rule's own, as are severity, origin and remedy.
  ///   - message: the kernel's words; nil where it says nothing.
  func finding(
    at place: Finding.Place, problem: String? = nil, consequence: String? = nil,
    message: String? = nil, severity: Finding.Severity? = nil, origin: String? = nil,
    remedy: String? = nil
  ) -> Finding {
    Finding(
      rule: rule, severity: severity ?? self.severity, place: place, problem: problem ?? summary,
      consequence: consequence ?? self.consequence, message: message,
      origin: origin ?? self.origin, remedy: remedy ?? self.remedy)
  }
}
