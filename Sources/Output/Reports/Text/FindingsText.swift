// SPDX-License-Identifier: Apache-2.0

package import Records

/// What a lint found, as text for a terminal: as compilers write, a line a finding, and what goes
/// with it below.
package struct FindingsText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let report: LintReport
  private let style: AddressMap.Style

  package init(_ report: LintReport, style: AddressMap.Style) {
    self.report = report
    self.style = style
  }

  package var document: String {
    let all = report.shown.map(text) + [summary]
    return all.joined(separator: "\n")
  }

  private func text(_ finding: Finding) -> String {
    var lines = [
      "\(style.strong(finding.place.words.printable)): \(coloured(finding.severity)): "
        + "\(finding.problem.printable) [\(finding.rule)]"
    ]
    if finding.consequence != finding.problem { lines.append("  so:      \(finding.consequence)") }
    if let message = finding.message { lines.append("  kernel:  \(message.printable)") }
    lines.append("  source:  \(finding.origin)")
    lines.append("  do:      \(finding.remedy)")
    let conditions = report.conditions(of: finding)
    if !conditions.isEmpty { lines.append("  with:    \(conditions.joined(separator: "; "))") }
    return lines.map { $0 + "\n" }.joined()
  }

  private func coloured(_ severity: Finding.Severity) -> String {
    let kind: AddressMap.Kind =
      switch severity {
      case .error: .carveOut
      case .warning: .invented
      case .note: .initramfs
      }
    return style.painted(severity.rawValue, as: kind)
  }

  private var summary: String {
    let others = report.otherPageSizes.map { "\($0)\n" } ?? ""
    let assumed = report.assumptions.map { "  assumed: \($0)\n" }.joined()
    return "\(report.subject): \(report.counts)\n\(others)\(assumed)"
  }
}
