// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
import Quantities
package import Records
import Transcripts

/// The runs that a report is made from: a matrix's, those of a folder of runs, or a single one.
package struct RunCollection: Sendable {
  /// What people know it by.
  package let name: String
  /// Whether it is one run by itself, which needs no overview.
  package let isSingleRun: Bool
  /// What ran, in the order of the matrix.
  package let cells: [Cell]
  /// What the matrix has and nobody ran yet.
  package let missing: [MissingCell]
  /// What could not be read, a line each.
  package let notes: [String]

  package init(
    name: String, isSingleRun: Bool = false, cells: [Cell], missing: [MissingCell] = [],
    notes: [String] = []
  ) {
    self.name = name
    self.isSingleRun = isSingleRun
    self.cells = cells
    self.missing = missing
    self.notes = notes
  }

  /// As many of ``notes`` are shown where people read them.
  private static let mostNotesShown = 20

  /// The first ``notes``, and how many more there are.
  package var firstNotes: [String] {
    let more = notes.count - Self.mostNotesShown
    guard more > 0 else { return notes }
    return notes.prefix(Self.mostNotesShown)
      + ["\(more) more like these: --format json has them all"]
  }

  /// One run of it.
  package struct Cell: Sendable {
    package let id: String
    package let record: RunRecord
    /// Whether it came to what the matrix expects of it; nil for a run of which nobody said.
    package let expected: Bool?
    /// Why it is expected not to pass, in the words of the matrix; nil where nobody said.
    package let because: String?
    package let attempts: Int
    /// What its console shows of it.
    package let excerpt: ConsoleExcerpt
    /// The run's folder relative to the collection's; nil where it is gone.
    package let folder: String?

    package init(
      id: String, record: RunRecord, expected: Bool?, because: String? = nil, attempts: Int,
      excerpt: ConsoleExcerpt, folder: String?
    ) {
      self.id = id
      self.record = record
      self.expected = expected
      self.because = because
      self.attempts = attempts
      self.excerpt = excerpt
      self.folder = folder
    }

    package var outcome: Outcome { Outcome(record) }

    /// Whether it is as it should be: as the matrix expects, or else a pass.
    package var isAsExpected: Bool { expected ?? (record.verdict == .pass) }
  }

  /// A cell without a run.
  package struct MissingCell: Hashable, Sendable {
    package let id: String
    package let request: GuestRequest
  }

  var unexpected: [Cell] { cells.filter { !$0.isAsExpected } }

  /// `118 of 120 runs are as expected; 2 are not, and 4 have not run.`
  var sentence: String {
    let unexpected = unexpected.count
    let good = cells.count - unexpected
    let isJudged = cells.contains { $0.expected != nil }
    let done = isJudged ? "as expected" : "passed"
    var words: String
    switch (cells.count, unexpected) {
    case (0, _): words = "Nothing has run"
    case (1, 0): words = isJudged ? "The run is as expected" : "The run passed"
    case (1, _): words = isJudged ? "The run is not as expected" : "The run did not pass"
    case (_, 0): words = "All \(cells.count) runs \(isJudged ? "are " : "")\(done)"
    default: words = "\(good) of \(cells.count) runs \(isJudged ? "are " : "")\(done)"
    }
    if cells.count > 1, unexpected > 0 {
      words += "; \(unexpected) \(isJudged ? (unexpected == 1 ? "is" : "are") : "did") not"
    }
    if !missing.isEmpty {
      words += ", and \(missing.count) \(missing.count == 1 ? "has" : "have") not run"
    }
    return words + "."
  }

  /// How many runs came to each outcome, those that none came to left out.
  var counts: [(outcome: Outcome, count: Int)] {
    Outcome.allCases.map { outcome in (outcome, cells.count { $0.outcome == outcome }) }
      .filter { $0.1 > 0 }
  }
}

/// What a run came to, with the kernels that crashed told from those that lived without their pool.
package enum Outcome: String, Sendable, CaseIterable {
  case pass
  case fail
  case panic
  case inconclusive

  package init(_ record: RunRecord) {
    switch (record.verdict, record.ending.kind) {
    case (.pass, _): self = .pass
    case (.fail, .panicked), (.fail, .oopsed), (.fail, .faulted): self = .panic
    case (.fail, _): self = .fail
    case (.inconclusive, _): self = .inconclusive
    }
  }

  /// What it did, of a run: `passed`.
  var word: String {
    switch self {
    case .pass: "passed"
    case .fail: "failed"
    case .panic: "crashed"
    case .inconclusive: "inconclusive"
    }
  }

  /// Told by shape as well as by colour.
  var mark: String {
    switch self {
    case .pass: "\u{2713}"
    case .fail: "\u{2715}"
    case .panic: "!"
    case .inconclusive: "?"
    }
  }
}

extension RunRecord {
  /// Whether the model of early memory has every pool as asked for; nil where it has no answer.
  ///
  /// It answers for the pool alone: tests and what else may fail are not its matter.
  var isPredictedToFit: Bool? {
    guard let predicted, predicted.unknown == nil else { return nil }
    return predicted.refusal == nil && predicted.fatality == nil
      && predicted.pools.allSatisfy(\.isActive)
      && predicted.refusedRegion == nil
  }

  /// The largest default pool that the model calls safe; nil where it says nothing.
  var predictedSafe: ByteCount? {
    if let safe = predicted?.safeBytes { return safe }
    // Records of earlier releases have it where something is refused.
    return predicted?.room.flatMap { $0.node == nil ? $0.safeBytes : nil }
  }

  /// Whether the prediction was wrong; nil where there was none or nothing to hold it against.
  var isMispredicted: Bool? {
    checks.first { $0.id == .prediction && $0.verdict != .inconclusive }.map {
      $0.verdict == .fail
    }
  }
}
