// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Matrix
import Records
import Reports

/// What a matrix came to.
struct MatrixOutcome {
  private let unexpected: [(cell: MatrixCell, result: CellResult)]
  private let missing: Int
  private let retried: Int
  private let counts: [(verdict: Verdict, count: Int)]
  private let total: Int

  /// - Parameter results: in any order; of a cell that has several, the last one counts.
  init(plan: MatrixPlan, results: [CellResult]) {
    let byCell = Dictionary(results.map { ($0.id, $0) }) { $1 }
    let done = plan.ownCells.compactMap { cell in byCell[cell.id].map { (cell, $0) } }
    unexpected = done.filter { !$0.1.expected }
    missing = plan.ownCells.count - done.count
    retried = done.count { $0.1.attempts > 1 }
    total = plan.ownCells.count
    counts = [Verdict.pass, .fail, .inconclusive].map { verdict in
      (verdict, done.count { $0.1.record.verdict == verdict })
    }
  }

  /// More than these are in the report.
  private static let mostListed = 40

  var text: String {
    var lines: [String] = []
    for (cell, result) in unexpected.prefix(Self.mostListed) {
      lines.append("  \(cell.id): \(Self.words(cell, result.record))")
    }
    if unexpected.count > Self.mostListed {
      lines.append("  and \(unexpected.count - Self.mostListed) more")
    }
    let verdicts = counts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
    var summary = "\(total) cells: \(verdicts)"
    if missing > 0 { summary += ", \(missing) without a result" }
    if retried > 0 { summary += "; \(retried) were run twice, as the harness failed" }
    lines.append(summary)
    let conclusion =
      switch (unexpected.count, missing) {
      case (0, 0): total == 0 ? "AS EXPECTED  there is no cell to run" : "AS EXPECTED  every cell"
      case (0, _): "INCOMPLETE  \(missing) of \(total) have not run, the others are as expected"
      default: "NOT AS EXPECTED  \(unexpected.count) of \(total - missing)"
      }
    lines.append(conclusion)
    return lines.map { "\($0)\n" }.joined()
  }

  /// What was expected of a cell, and what came. A failure that somebody gave a reason for, and that
  /// is gone, is good news that has to be told.
  private static func words(_ cell: MatrixCell, _ record: RunRecord) -> String {
    let because = cell.because.map { " (\($0.printable))" } ?? ""
    let expected = "expected \(cell.expect.rawValue)\(because)"
    guard cell.because != nil, record.verdict == .pass else {
      return "\(expected), but \(record.reason.printable)"
    }
    return "\(expected), but it passes now: drop the expectation"
  }

  /// Nil where every cell came to what was expected.
  var exitCode: ExitCode? {
    let isTrouble = unexpected.contains { $0.result.record.verdict == .inconclusive }
    if missing > 0 || isTrouble { return .trouble }
    return unexpected.isEmpty ? nil : .verdictFailed
  }
}
