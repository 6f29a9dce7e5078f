// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Observations
import Quantities
import Records

/// What the template of a run's page shows.
struct CellPage: TemplateScope {
  let number: Int
  let classes: String
  let navigation: Bool
  let previous: Int?
  let next: Int?
  let title: String
  let kind: String
  let mark: String
  let word: String
  let reason: String
  let note: String?
  let facts: String
  let map: MapDrawing?
  let checks: Checks?
  let words: Words?
  let tests: [TestDrawing]
  let console: Console?
  let timing: [Pair]
  /// Nil of a record that does not tell, whose folder is gone.
  let command: String?
  /// Markdown to paste; nil for a run of which nobody writes a ticket.
  let ticket: String?

  struct Pair: TemplateScope {
    let name: String
    let value: String
  }

  struct Checks: TemplateScope {
    struct Evidence: TemplateScope {
      /// Where the line is on this page; nil where it is not.
      let link: String?
      let line: Int
      let text: String
    }
    struct Row: TemplateScope {
      /// Of its verdict; nil for a pass.
      let kind: String?
      let id: String
      let observed: String
      let expected: String?
      let evidence: [Evidence]
      /// In place of the evidence where it is not told in full.
      let line: Int?
    }
    let rows: [Row]
  }

  /// What became of everything that the kernel was asked for.
  struct Words: TemplateScope {
    struct Region: TemplateScope {
      let node: String
      let summary: String
      let fault: String?
    }
    struct Complaint: TemplateScope {
      let text: String
      let line: Int
      let link: String?
      let meaning: String
      let remedy: String
      let origin: String
    }
    let winner: String?
    let regions: [Region]
    let complaints: [Complaint]
  }

  struct Console: TemplateScope {
    struct Line: TemplateScope {
      let number: Int
      let text: String
      let id: String?
      let evidence: Bool
      let gap: Bool
    }
    let lines: [Line]
  }

  /// Where the page stands among those of the file.
  struct Position {
    /// Of the run in its collection.
    let number: Int
    /// Whether it is the only one.
    let isAlone: Bool
    /// The numbers of the pages beside it.
    let previous: Int?
    let next: Int?
    /// What its matrix is called, where the file has several.
    var matrix: String?
  }

  /// - Parameter inFull: whether what went well is shown with its evidence.
  init(_ cell: RunCollection.Cell, at position: Position, inFull: Bool) {
    let record = cell.record
    let number = position.number
    self.number = number
    classes = position.isAlone ? "cell" : cell.isAsExpected ? "cell page" : "cell page u"
    navigation = !position.isAlone
    previous = position.previous
    next = position.next
    let request = record.request
    title = (position.matrix.map { "\($0): " } ?? "") + "\(request.place), \(request.kernel)"
    kind = cell.outcome.kind
    mark = cell.outcome.mark
    word = cell.outcome.word
    reason = record.reason
    note = Self.note(cell)
    facts = Self.facts(record)
    map = MapDrawing(record)
    checks = Self.checks(cell, number: number, inFull: inFull)
    words = Self.words(cell, number: number)
    tests = record.tests.map { TestDrawing($0) }
    let lines = cell.excerpt.lines
    console =
      lines.isEmpty
      ? nil
      : Console(
        lines: lines.map { line in
          Console.Line(
            number: line.number, text: line.text,
            id: line.isEvidence ? Self.anchor(number, line.number) : nil,
            evidence: line.isEvidence, gap: line.followsGap && line.number > 1)
        })
    timing = Self.timing(record)
    command = Self.command(cell)
    ticket = inFull && cell.outcome != .pass ? Ticket(cell).markdown : nil
  }

  /// Lines that are shown with a check; the record has them all.
  private static let mostEvidence = 8

  private static func anchor(_ cell: Int, _ line: Int) -> String { "c\(cell)l\(line)" }

  private static func note(_ cell: RunCollection.Cell) -> String? {
    var notes: [String] = []
    if cell.expected == false { notes.append("This is not what the matrix expects.") }
    if cell.expected == true, cell.outcome != .pass {
      notes.append("This is what the matrix expects\(cell.because.map { ": \($0)" } ?? "").")
    }
    if cell.attempts > 1 {
      notes.append("It took \(cell.attempts) attempts, as the harness had trouble.")
    }
    if cell.record.isMispredicted == true { notes.append("The prediction was another one.") }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  private static func facts(_ record: RunRecord) -> String {
    let request = record.request
    return [
      "kernel \(record.observed.kernelRelease ?? request.kernel)",
      request.pageSize.map { "\($0) pages" }, request.cpus == 1 ? "1 CPU" : "\(request.cpus) CPUs",
      "asked via \(request.via.rawValue)",
      record.observed.cmaTotalBytes.map { "CmaTotal \($0.rounded)" },
      record.observed.cmaFreeBytes.map { "CmaFree \($0.rounded)" },
    ].compactMap(\.self).joined(separator: " · ")
  }

  private static func checks(
    _ cell: RunCollection.Cell, number: Int, inFull: Bool
  ) -> Checks? {
    guard !cell.record.checks.isEmpty else { return nil }
    let shown = Set(cell.excerpt.lines.map(\.number))
    return Checks(
      rows: cell.record.checks.map { check in
        let isShort = !inFull && check.verdict == .pass
        let isPlain = check.verdict == .pass && check.expected == check.observed
        return Checks.Row(
          kind: check.verdict == .pass ? nil : check.verdict.outcome.kind, id: check.id.rawValue,
          observed: check.observed,
          expected: isPlain || isShort ? nil : check.expected,
          evidence: isShort
            ? []
            : check.source.prefix(mostEvidence).map { evidence in
              Checks.Evidence(
                link: shown.contains(evidence.line) ? anchor(number, evidence.line) : nil,
                line: evidence.line, text: evidence.text)
            },
          line: isShort ? check.source.first?.line : nil)
      })
  }

  /// Nil for a run of which the verdict says it all.
  private static func words(_ cell: RunCollection.Cell, number: Int) -> Words? {
    let record = cell.record
    guard !record.regions.isEmpty || !record.observed.complaints.isEmpty else { return nil }
    let shown = Set(cell.excerpt.lines.map(\.number))
    return Words(
      winner: record.winner?.reason,
      regions: record.regions.map {
        Words.Region(
          node: $0.node, summary: $0.summary, fault: $0.fault)
      },
      complaints: record.observed.complaints.map { complaint in
        Words.Complaint(
          text: complaint.source.text, line: complaint.source.line,
          link: shown.contains(complaint.source.line)
            ? anchor(number, complaint.source.line) : nil,
          meaning: complaint.meaning, remedy: complaint.remedy,
          origin: complaint.origin)
      })
  }

  private static func timing(_ record: RunRecord) -> [Pair] {
    let names = [
      ("prepare", "preparing"), ("guest", "guest"), ("guestUptime", "guest’s own clock"),
      ("total", "altogether"),
    ]
    return names.compactMap { key, name in
      record.timing[key].map { Pair(name: name, value: "\($0.twoDigits) s") }
    }
  }

  private static func command(_ cell: RunCollection.Cell) -> String? {
    // Records of cmalab 0.1 do not keep what was asked.
    let again = cell.record.request.asked?.commandLine
    let script = cell.folder.map { folder in
      "# exactly this guest, without cmalab\n\(folder == "." ? "." : folder)/reproduce"
    }
    let commands = [again, script].compactMap(\.self)
    return commands.isEmpty ? nil : commands.joined(separator: "\n\n")
  }
}

extension Verdict {
  var outcome: Outcome {
    switch self {
    case .pass: .pass
    case .fail: .fail
    case .inconclusive: .inconclusive
    }
  }
}
