// SPDX-License-Identifier: Apache-2.0

/// What `cmalab lint` looks for, as `cmalab lint --rules` prints it.
package struct LintRuleList: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.lintRules.identifier

  package let schema: String
  /// In the order in which findings of one severity are told.
  package let rules: [LintRuleDescription]

  package init(rules: [LintRuleDescription]) {
    schema = Self.currentSchema
    self.rules = rules
  }
}

/// A rule of lint.
package struct LintRuleDescription: Hashable, Sendable, Codable {
  package let rule: Finding.Rule
  /// Of most of its findings.
  package let severity: Finding.Severity
  /// What is wrong, in a phrase.
  package let summary: String
  /// What the kernel does about it.
  package let consequence: String
  /// The kernel file and function that does it, or the binding that says so.
  package let origin: String
  package let remedy: String

  package init(
    _ rule: Finding.Rule, _ severity: Finding.Severity, _ summary: String, consequence: String,
    origin: String, remedy: String
  ) {
    self.rule = rule
    self.severity = severity
    self.summary = summary
    self.consequence = consequence
    self.origin = origin
    self.remedy = remedy
  }
}
