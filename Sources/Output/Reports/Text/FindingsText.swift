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
    let all = report.findings.map(text) + [summary]
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
    lines.append("  remedy:  \(finding.remedy)")
    if finding.kernels != report.kernels {
      lines.append("  with:    \(finding.kernels.joined(separator: "; "))")
    }
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
    let assumed = report.assumptions.map { "  assumed: \($0)\n" }.joined()
    return "\(report.subject): \(report.counts)\n" + assumed
  }
}

extension Finding.Place {
  /// The file and the key.
  var words: String { [file, key].compactMap(\.self).joined(separator: ": ") }
}

extension LintReport {
  /// How many findings of which severity, and for which kernels.
  var counts: String {
    func count(_ severity: Finding.Severity, _ word: String) -> String {
      let count = findings.count { $0.severity == severity }
      return "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let counts = [count(.error, "error"), count(.warning, "warning"), count(.note, "note")]
    return "\(counts.joined(separator: ", ")), for \(kernels.joined(separator: "; "))"
  }
}
