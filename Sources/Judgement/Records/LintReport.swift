// SPDX-License-Identifier: Apache-2.0

/// What `cmalab lint` found, as scripts read it.
package struct LintReport: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.lint.identifier

  package let schema: String
  /// The board or file.
  package let subject: String
  /// The kernels that were asked for.
  package let kernels: [String]
  /// The layouts that were looked at; nil for a device tree.
  package let layouts: [String]?
  package let findings: [Finding]
  package let assumptions: [String]

  package init(
    subject: String, kernels: [String], layouts: [String]? = nil, findings: [Finding],
    assumptions: [String]
  ) {
    schema = Self.currentSchema
    self.subject = subject
    self.kernels = kernels
    self.layouts = layouts
    self.findings = findings
    self.assumptions = assumptions
  }

  package var hasErrors: Bool { findings.contains { $0.severity == .error } }
}
