// SPDX-License-Identifier: Apache-2.0

package import Records

/// What a lint found as Markdown, for a comment on the change of a device tree.
package struct FindingsMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = MarkdownReport.purpose

  private let report: LintReport

  package init(_ report: LintReport, style: AddressMap.Style) { self.report = report }

  package var document: String {
    let head = "## \(report.subject.markdown): \(report.counts.markdown)\n"
    let table =
      report.shown.isEmpty
      ? "" : "\n| Severity | Where | What | What to do |\n| --- | --- | --- | --- |\n"
    let assumed = report.assumptions.map { "\n> assumed: \($0.markdown)\n" }
    let others = report.otherPageSizes.map { "\n\($0.markdown)\n" } ?? ""
    return head + table + report.shown.map(row).joined() + others + assumed.joined()
  }

  private func row(_ finding: Finding) -> String {
    var what = "\(finding.problem): \(finding.rule)"
    if finding.consequence != finding.problem { what += "; \(finding.consequence)" }
    if let message = finding.message { what += "; kernel: \(message)" }
    what += report.conditions(of: finding).map { "; with \($0)" }.joined()
    let cells = [finding.severity.rawValue, finding.place.words, what, finding.remedy]
    return "| \(cells.map(\.markdown).joined(separator: " | ")) |\n"
  }
}
