// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
package import Records

/// A log, explained for a terminal: the answer first, then what it rests on.
package struct ExplanationText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let explanation: Explanation
  private let style: AddressMap.Style

  package init(_ explanation: Explanation, style: AddressMap.Style) {
    self.explanation = explanation
    self.style = style
  }

  /// Lines of evidence that are shown of one statement; the JSON has all.
  private static let mostLines = 8
  /// Earlier boots that are told of.
  static let mostBoots = 8
  private static let labelWidth = 9
  /// Columns of a line of evidence: the kernel's own lines whole, and of a long command line its start.
  private static let longestLine = 300

  package var document: String {
    guard let boot = explanation.explained else { return "" }
    let parts =
      [answer(boot), board(boot), map(boot), pools(boot)] + faults(boot)
      + [asides(boot), outlook(boot), reproduced(boot), next(boot), harmless(boot), missing(boot)]
    return parts.filter { !$0.isEmpty }.map { $0.map { $0 + "\n" }.joined() }
      .joined(separator: "\n")
  }

  // MARK: The head

  private func answer(_ boot: ExplainedBoot) -> [String] {
    paragraph(boot.summary).map { style.strong($0) }
  }

  private func board(_ boot: ExplainedBoot) -> [String] {
    var lines = labelled("board", boot.boardWords)
    for (index, bank) in (boot.banks ?? []).enumerated() {
      lines += labelled(index == 0 ? "RAM" : "", "\(bank) (\(bank.size.inMebibytes))")
    }
    let count = explanation.boots.count
    let which = count > 1 ? ": the last of \(count) boots" : ""
    lines += labelled("log", "\(explanation.log), \(boot.lineWords)\(which)")
    let earlier = explanation.boots.dropLast()
    if earlier.count > Self.mostBoots {
      lines += labelled("", "\(earlier.count - Self.mostBoots) boots before these")
    }
    for other in earlier.suffix(Self.mostBoots) {
      lines += labelled("", "\(other.lineWords): \(other.summary)")
    }
    return lines
  }

  /// What lies where, as the log tells it.
  private func map(_ boot: ExplainedBoot) -> [String] {
    guard let map = AddressMap(boot) else { return [] }
    return map.text(in: style).split(separator: "\n").dropFirst().map(String.init)
  }

  // MARK: Pools

  private func pools(_ boot: ExplainedBoot) -> [String] {
    guard !boot.pools.isEmpty else { return [] }
    let rows = boot.pools.map { [$0.title.printable, $0.outcome.rawValue, $0.place, $0.size] }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = [style.strong("pools")]
    for (index, pool) in boot.pools.enumerated() {
      let columns = zip(rows[index], widths).map { $0.padded(to: $1) }
      lines.append("  \(columns.joined(separator: "  "))  \(pool.asking)")
      if boot.evidence.pools.indices.contains(index) {
        lines += evidence(boot.evidence.pools[index], limit: 2)
      }
    }
    return lines
  }

  // MARK: What is wrong

  private func faults(_ boot: ExplainedBoot) -> [[String]] {
    let faults = boot.faults
    return faults.enumerated().map { index, finding in
      let number = faults.count > 1 ? " (\(index + 1) of \(faults.count))" : ""
      return told("wrong\(number)", finding, isInAnswer: index == 0)
    }
  }

  private func asides(_ boot: ExplainedBoot) -> [String] {
    boot.asides.enumerated().flatMap {
      told("not wrong", $1, isInAnswer: $0 == 0 && boot.faults.isEmpty)
    }
  }

  /// - Parameter isInAnswer: whether the answer has given its cause.
  private func told(
    _ word: String, _ finding: ExplainedBoot.Finding, isInAnswer: Bool
  ) -> [String] {
    paragraph("\(word): \(finding.statement)").map { style.strong($0) }
      + (isInAnswer ? [] : paragraph(finding.cause, indent: 2))
      + evidence(finding.evidence, limit: Self.mostLines)
      + paragraph("what to do: \(finding.remedy)", indent: 2)
  }

  // MARK: What follows

  private func outlook(_ boot: ExplainedBoot) -> [String] {
    guard let predicted = boot.predicted else { return [] }
    var lines = [style.strong("model")] + paragraph(predicted.standing, indent: 2)
    lines += predicted.otherPools.map { "  \($0.printable)" }
    if let room = predicted.room { lines += paragraph(room, indent: 2) }
    lines += predicted.assumptions.flatMap { paragraph("assumed: \($0)", indent: 2) }
    return lines
  }

  /// The log's words and the guest's, one thing after the other.
  private func reproduced(_ boot: ExplainedBoot) -> [String] {
    guard let reproduced = boot.reproduced else { return [] }
    var lines = [style.strong("reproduced by a guest, Linux \(reproduced.kernel.booted.printable)")]
    lines += paragraph(reproduced.kernel.standing, indent: 2)
    for statement in reproduced.statements {
      lines += paragraph("\(statement.what): \(statement.standing)", indent: 2)
      lines += side("log", statement.logLines) + side("guest", statement.guestLines)
    }
    for pool in reproduced.pools {
      let place = pool.guest.map { ", at \($0)" } ?? ""
      lines += paragraph("\(pool.title): \(pool.standing)\(place)", indent: 2)
      lines += side("log", pool.logLines) + side("guest", pool.guestLines)
    }
    if reproduced.pools.isEmpty { lines.append("  neither the log nor the guest tells of a pool") }
    lines += paragraph(reproduced.doubt ?? "", indent: 2)
    lines += paragraph("\(reproduced.verdict.rawValue): \(reproduced.reason)", indent: 2)
    return lines + ["  shown by", "    \(reproduced.boot.printable)"]
  }

  private func side(_ name: String, _ sources: [ExplainedBoot.Source]) -> [String] {
    sources.prefix(Self.mostLines).map { source in
      let text = source.text.printable.shortened(to: Self.longestLine)
      return "    " + style.faint("\(name.padded(to: 5))  \(text)")
    }
  }

  private func next(_ boot: ExplainedBoot) -> [String] {
    guard !boot.next.isEmpty else { return [] }
    return [style.strong("next")]
      + boot.next.flatMap { step in
        paragraph("\(step.placeWords), \(step.purpose):", indent: 2) + [
          "    \(step.text.printable)"
        ]
      }
  }

  private func harmless(_ boot: ExplainedBoot) -> [String] {
    guard !boot.harmless.isEmpty else { return [] }
    return [style.strong("harmless")]
      + boot.harmless.flatMap { item in
        paragraph(item.what, indent: 2) + evidence(item.evidence, limit: 2)
      }
  }

  private func missing(_ boot: ExplainedBoot) -> [String] {
    guard !boot.missing.isEmpty else { return [] }
    return [style.strong("missing, and what shows it on the board")]
      + boot.missing.flatMap { item in
        paragraph(item.what, indent: 2) + ["    \(item.command.printable)"]
      }
  }

  // MARK: Lines

  private func evidence(_ sources: [ExplainedBoot.Source], limit: Int) -> [String] {
    let shown = sources.prefix(limit).map { source in
      let number = source.line.map { "\($0)" } ?? "tree"
      let text = source.text.printable.shortened(to: Self.longestLine)
      return "    " + style.faint("\(number.rightAligned(in: 4))  \(text)")
    }
    let rest = sources.count - shown.count
    return shown + (rest > 0 ? ["          and \(rest) more"] : [])
  }

  private func labelled(_ label: String, _ text: String) -> [String] {
    let lines = paragraph(text, indent: Self.labelWidth)
    let name = style.strong(label) + String(repeating: " ", count: Self.labelWidth - label.count)
    return lines.enumerated().map { $0 == 0 ? name + $1.dropFirst(Self.labelWidth) : $1 }
  }

  private func paragraph(_ text: String, indent: Int = 0) -> [String] {
    text.printable.wrapped(to: style.width, indent: indent)
  }
}

extension String {
  /// In lines of so many columns, where there are blanks; each behind so many more.
  fileprivate func wrapped(to width: Int, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(margin + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [margin + line]
  }

  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func rightAligned(in width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  fileprivate func shortened(to width: Int) -> String {
    count > width ? prefix(width - 3) + "..." : self
  }
}
