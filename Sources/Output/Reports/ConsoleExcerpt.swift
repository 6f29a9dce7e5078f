// SPDX-License-Identifier: Apache-2.0

import Observations
package import Records
package import Transcripts

/// The lines of a console that show what a run came to.
package struct ConsoleExcerpt: Hashable, Sendable {
  package struct Line: Hashable, Sendable {
    /// Counted from 1 in the console log.
    package let number: Int
    package let text: String
    /// Whether a check, a test or the ending rests on it.
    package let isEvidence: Bool
    /// Whether lines before it are left out.
    let followsGap: Bool
  }

  package let lines: [Line]

  /// Lines shown around each line of evidence, at the end, altogether, and characters of each.
  private static let context = 2
  private static let tail = 6
  private static let mostLines = 80
  private static let longestLine = 240

  package static let none = ConsoleExcerpt(lines: [])

  private init(lines: [Line]) {
    self.lines = lines
  }

  /// What the record alone has of it: its evidence.
  package init(_ record: RunRecord) {
    var texts: [Int: String] = [:]
    for evidence in record.evidence { texts[evidence.line] = evidence.text }
    let evidence = Set(texts.keys)
    self.init(texts.map { ($0.key, $0.value) }, shown: evidence, evidence: evidence)
  }

  /// What the console log has, around the record's evidence and at its end.
  package init(_ record: RunRecord, console: ConsoleText) {
    let lines = console.lines
    let evidence = Set(record.evidence.map(\.line))
    // What went wrong comes before what went well, where there is not room for both.
    let telling = record.tellingLines + evidence.subtracting(record.tellingLines).sorted()
    var shown: Set<Int> = []
    let last = lines.last?.number ?? 0
    for center in telling + [last] {
      let before = center == last ? Self.tail : Self.context
      let around = max(1, center - before)...max(1, min(last, center + Self.context))
      guard shown.union(around).count <= Self.mostLines else { continue }
      shown.formUnion(around)
    }
    self.init(
      lines.filter { shown.contains($0.number) }.map { ($0.number, $0.text) }, shown: shown,
      evidence: evidence)
  }

  private init(_ texts: [(number: Int, text: String)], shown: Set<Int>, evidence: Set<Int>) {
    var previous = 0
    var lines: [Line] = []
    for (number, text) in texts.sorted(by: { $0.number < $1.number }).prefix(Self.mostLines) {
      let isLong = text.count > Self.longestLine
      lines.append(
        Line(
          number: number, text: isLong ? "\(text.prefix(Self.longestLine))\u{2026}" : text,
          isEvidence: evidence.contains(number), followsGap: number > previous + 1))
      previous = number
    }
    self.lines = lines
  }

  /// As text, line by line, the evidence marked.
  var text: String {
    let width = String(lines.last?.number ?? 0).count
    return lines.map { line in
      let number = String(line.number)
      let padding = String(repeating: " ", count: width - number.count)
      let gap = line.followsGap && line.number > 1 ? "...\n" : ""
      return "\(gap)\(line.isEvidence ? ">" : " ") \(padding)\(number)  \(line.text.visible)\n"
    }.joined()
  }
}

extension RunRecord {
  /// Everything of the console that the record rests on.
  var evidence: [Evidence] {
    var all = checks.flatMap(\.source) + tests.flatMap(\.source) + observed.cmaMessages
    if let line = ending.consoleLine {
      all.append(Evidence(source: "console", line: line, text: ending.line))
    }
    if let fault = ending.firstFault {
      all.append(Evidence(source: "console", line: fault.consoleLine, text: fault.text))
    }
    return all
  }

  /// The lines that show what went wrong, the gravest first.
  fileprivate var tellingLines: [Int] {
    [ending.consoleLine].compactMap(\.self)
      + observed.cmaMessages.map(\.line)
      + checks.filter { $0.verdict != .pass }.flatMap { $0.source.map(\.line) }
      + tests.filter { $0.verdict != .pass }.flatMap { $0.source.map(\.line) }
  }
}
