// SPDX-License-Identifier: Apache-2.0

package import Records

/// What lint looks for, as the page of the documentation.
package struct LintRulesMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = "the page of the documentation"

  private let list: LintRuleList

  package init(_ list: LintRuleList, style: AddressMap.Style) { self.list = list }

  package var document: String {
    let head = """
      # Lint rules

      What `cmalab lint` looks for, as `cmalab lint --rules` prints it.

      ## Overview

      A finding has the name of its rule in brackets, what is wrong in this tree, what the kernel \
      does about it, the kernel's file and function that does so, and what to do. The severity is that \
      of most findings of a rule: what only a page size beside the first one refuses is a warning.

      """
    return head + list.rules.map(section).joined()
  }

  private func section(_ rule: LintRuleDescription) -> String {
    let consequence =
      rule.consequence == rule.summary ? "" : "- Consequence: \(rule.consequence.markdown).\n"
    return """

      ### \(rule.rule)

      \(rule.summary.markdown).

      - Severity: \(rule.severity.rawValue).
      \(consequence)- Source: \(rule.origin.markdown).
      - What to do: \(rule.remedy.markdown).

      """
  }
}
