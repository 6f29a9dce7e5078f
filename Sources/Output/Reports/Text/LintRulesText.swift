// SPDX-License-Identifier: Apache-2.0

package import Records

/// What lint looks for, as text for a terminal, in the form of a finding.
package struct LintRulesText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let list: LintRuleList
  private let style: AddressMap.Style

  package init(_ list: LintRuleList, style: AddressMap.Style) {
    self.list = list
    self.style = style
  }

  package var document: String {
    list.rules.map(paragraph).joined(separator: "\n")
  }

  private func paragraph(_ rule: LintRuleDescription) -> String {
    var lines = ["\(style.strong("\(rule.rule)")): \(rule.severity.rawValue): \(rule.summary)"]
    if rule.consequence != rule.summary { lines.append("  so:      \(rule.consequence)") }
    lines += ["  source:  \(rule.origin)", "  do:      \(rule.remedy)"]
    return lines.map { "\($0)\n" }.joined()
  }
}
