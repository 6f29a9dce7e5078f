// SPDX-License-Identifier: Apache-2.0

import BootLogs
package import Records

/// A log, explained as Markdown, to paste into a ticket (GitHub Flavored Markdown).
package struct ExplanationMarkdown: Report {
  package static let name = MarkdownReport.name
  package static let purpose = "for a ticket"

  private let explanation: Explanation

  package init(_ explanation: Explanation, style: AddressMap.Style) {
    self.explanation = explanation
  }

  package var document: String {
    guard let boot = explanation.explained else { return "" }
    let parts =
      ["**\(boot.summary.markdown)**\n", board(boot), pools(boot)]
      + boot.findings.map(finding) + [
        outlook(boot), reproduced(boot), harmless(boot), missing(boot),
      ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func board(_ boot: ExplainedBoot) -> String {
    let count = explanation.boots.count
    let which = count > 1 ? ", the last of \(count) boots" : ""
    let banks = boot.banks.map { $0.map { "\($0)" }.joined(separator: ", ") } ?? "not told"
    return "- Board: \(boot.boardWords.markdown)\n- RAM: \(banks)\n"
      + "- Log: \(explanation.log.markdown), \(boot.lineWords)\(which)\n"
      + explanation.boots.dropLast().map {
        "- Before it, \($0.lineWords): \($0.summary.markdown)\n"
      }.joined()
  }

  private func pools(_ boot: ExplainedBoot) -> String {
    guard !boot.pools.isEmpty else { return "" }
    let rows = boot.pools.map { pool in
      "| \(pool.title.markdown) | \(pool.outcome.rawValue) | \(pool.place) | \(pool.size) | \(pool.asker) |\n"
    }
    return "| Pool | Outcome | Place | Size | Asked for by |\n| --- | --- | --- | ---: | --- |\n"
      + rows.joined() + "\n" + block(boot.evidence.pools.flatMap(\.self))
  }

  private func finding(_ finding: ExplainedBoot.Finding) -> String {
    "### \(finding.isFault ? "Wrong" : "Not wrong"): \(finding.statement.markdown)\n\n"
      + "\(finding.cause.markdown)\n\n\(block(finding.evidence))\n"
      + "What to do: \(finding.remedy.markdown)\n"
  }

  private func outlook(_ boot: ExplainedBoot) -> String {
    guard let predicted = boot.predicted else { return "" }
    let sentences = [predicted.standing, predicted.room].compactMap(\.self)
    return "### Model\n\n\(sentences.joined(separator: " ").markdown)\n\n"
      + predicted.otherPools.map { "- Predicted: \($0.markdown)\n" }.joined()
      + predicted.assumptions.map { "- Assumed: \($0.markdown)\n" }.joined()
  }

  private func reproduced(_ boot: ExplainedBoot) -> String {
    guard let reproduced = boot.reproduced else { return "" }
    let statements = reproduced.statements.map {
      ($0.what, $0.standing, $0.logLines, $0.guestLines)
    }
    let pools = reproduced.pools.map { ($0.title, $0.standing, $0.logLines, $0.guestLines) }
    let parts = (statements + pools).map { title, standing, logged, guest in
      "- \(title.markdown): \(standing)\n\n\(block(logged, "log"))\(block(guest, "guest"))\n"
    }
    return "### Reproduced by a guest, Linux \(reproduced.kernel.booted.markdown)\n\n"
      + "\(reproduced.kernel.standing.markdown) \(reproduced.verdict.rawValue): "
      + "\(reproduced.reason.markdown)\n\n" + parts.joined()
      + (reproduced.doubt.map { "\($0.markdown)\n\n" } ?? "")
      + MarkdownEscaping.block("\(reproduced.boot.visible)\n")
  }

  private func harmless(_ boot: ExplainedBoot) -> String {
    guard !boot.harmless.isEmpty else { return "" }
    return "### Harmless\n\n" + boot.harmless.map { "- \($0.what.markdown)\n" }.joined()
  }

  private func missing(_ boot: ExplainedBoot) -> String {
    guard !boot.missing.isEmpty else { return "" }
    return "### Missing\n\n"
      + boot.missing.map { "- \($0.what.markdown): \($0.command.markdown)\n" }.joined()
  }

  /// - Parameter side: whose lines they are, where there are two logs.
  private func block(_ sources: [ExplainedBoot.Source], _ side: String? = nil) -> String {
    guard !sources.isEmpty else { return "" }
    let lines = sources.map { source in
      let place = source.line.map { "\($0)" } ?? source.file.visible
      return "\(side.map { "\($0):" } ?? "")\(place): \(source.text.visible)\n"
    }
    return MarkdownEscaping.block(lines.joined())
  }
}
