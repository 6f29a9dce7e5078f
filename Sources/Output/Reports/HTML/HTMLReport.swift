// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// A collection of runs as one HTML file that needs nothing else: no script, no network.
package struct HTMLReport: Report {
  package static let name = "html"
  package static let purpose = "one file that needs no network and no script"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
  }

  /// Runs of which a page says everything; of more of them, what is as it should be and what comes later
  /// is told in fewer words.
  private static let mostInFull = 150
  /// Rows of the list of what is not as it should be, and runs of a row; the heat map has them all.
  private static let mostUnexpected = 200
  private static let mostOfOneCause = 40
  /// Rows of the table of safe pools; JSON has them all.
  private static let mostSafe = 500
  /// Runs that have a page of their own; those that are not as they should be come first. A page has 6 KB
  /// (measured: a board with three regions, in few words) to 13 KB (in full), and the heat map 90 bytes for
  /// each run: 20,000 runs stay below 12 MB.
  private static let mostPages = 1000
  /// Runs whose squares a browser lays out at once.
  private static let mostInOneTable = 5000

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws { try Templates.render(page) }
  }

  var page: HTMLPage {
    let isCompact = collection.cells.count > Self.mostInFull
    let numbers = paged.sorted()
    let odd = Set(numbers.filter { !collection.cells[$0].isAsExpected }.prefix(Self.mostInFull))
    let pages = numbers.enumerated().map { index, number in
      let cell = collection.cells[number]
      let isShort = !cell.isAsExpected && isCompact && !odd.contains(number)
      return CellPage(
        isShort ? cell.withoutConsole : cell,
        at: CellPage.Position(
          number: number, isAlone: collection.isSingleRun,
          previous: index > 0 ? numbers[index - 1] : nil,
          next: index + 1 < numbers.count ? numbers[index + 1] : nil),
        inFull: !isCompact || odd.contains(number))
    }
    return HTMLPage(
      title: collection.isSingleRun
        ? collection.cells.first?.record.title ?? collection.name
        : collection.name,
      overview: collection.isSingleRun ? nil : overview, cells: pages,
      hasTestTimes: collection.cells.contains { !$0.record.tests.isEmpty })
  }

  /// The numbers of the runs that have a page.
  private var paged: Set<Int> {
    let all = collection.cells.indices
    guard all.count > Self.mostPages else { return Set(all) }
    let odd = all.filter { !collection.cells[$0].isAsExpected }
    let others = all.lazy.filter { collection.cells[$0].isAsExpected }
    return Set((odd + Array(others.prefix(Self.mostPages))).prefix(Self.mostPages))
  }

  private var overview: HTMLPage.Overview {
    let heat = HeatMap(collection)
    let missing = collection.missing.map(\.id)
    return HTMLPage.Overview(
      sentence: collection.sentence, provenance: collection.provenance,
      counts: collection.counts.map {
        HTMLPage.Count(
          kind: $0.outcome.kind, mark: $0.outcome.mark, count: $0.count, word: $0.outcome.word)
      },
      unexpected: unexpected, common: heat.common.isEmpty ? "" : "Everywhere: \(heat.common).",
      hasPredictions: collection.cells.contains { $0.record.isPredictedToFit != nil },
      columns: heat.columns.map(\.kernelArgument), isTooLarge: heat.isTooLarge,
      tables: tables(of: heat), safe: safeTable, charts: ReachChart.all(of: collection),
      missing: missing.isEmpty
        ? nil
        : HTMLPage.Missing(
          count: missing.count == 1 ? "one run" : "\(missing.count) runs", ids: missing),
      notes: collection.notes.isEmpty ? nil : HTMLPage.Notes(lines: collection.firstNotes))
  }

  private var safeTable: HTMLPage.SafeTable? {
    let safe = SafePools(collection)
    guard !safe.isEmpty else { return nil }
    let rows = safe.rows
    let further = rows.count - Self.mostSafe
    return HTMLPage.SafeTable(
      titles: safe.columns.map(\.title),
      rows: rows.prefix(Self.mostSafe).map { HTMLPage.SafeTable.Row(values: $0) },
      more: further > 0 ? further : nil)
  }

  private var unexpected: HTMLPage.Unexpected? {
    let groups = collection.failureGroups
    guard !groups.isEmpty else { return nil }
    let isJudged = collection.cells.contains { $0.expected != nil }
    let paged = paged
    return HTMLPage.Unexpected(
      heading: isJudged ? "Not as expected" : "Did not pass",
      rows: groups.prefix(Self.mostUnexpected).map { group in
        HTMLPage.Unexpected.Row(
          name: group.name, kind: group.outcome.kind, word: group.outcome.word,
          reason: group.reason,
          runs: group.members.prefix(Self.mostOfOneCause).map { member in
            let request = member.cell.record.request
            return HTMLPage.Unexpected.Run(
              number: paged.contains(member.index) ? member.index : nil,
              name: "\(request.cmaBytes.kernelArgument) on \(request.kernel)")
          },
          further: group.members.count > Self.mostOfOneCause
            ? group.members.count - Self.mostOfOneCause : nil)
      },
      more: groups.count > Self.mostUnexpected ? groups.count - Self.mostUnexpected : nil)
  }

  /// One table, so that its columns are in line; of many runs a table for each group, which opens sooner.
  private func tables(of heat: HeatMap) -> [HTMLPage.HeatTable] {
    let groups = groups(of: heat)
    guard collection.cells.count > Self.mostInOneTable else {
      return [HTMLPage.HeatTable(name: nil, isLater: false, groups: groups)]
    }
    return groups.map { HTMLPage.HeatTable(name: $0.name, isLater: true, groups: [$0]) }
  }

  private func groups(of heat: HeatMap) -> [HTMLPage.Group] {
    let paged = paged
    return heat.groups.map { group in
      let banks = group.rows.lazy.flatMap(\.squares).compactMap { $0?.cell?.record.request.banks }
        .first
      return HTMLPage.Group(
        name: group.name,
        banks: (banks ?? []).map { "\($0.start)+\($0.size)" }.joined(separator: ", "),
        common: group.common,
        width: heat.columns.count + 4,
        rows: group.rows.enumerated().map { index, row in
          let below = index + 1 < group.rows.count ? group.rows[index + 1] : nil
          return HTMLPage.Row(
            name: row.name,
            squares: row.squares.indices.map { column in
              square(column, in: row, below: below, of: heat, paged)
            },
            pass: row.largestPass.flatMap { bound($0, in: heat, paged) },
            fail: row.smallestFailure.flatMap { bound($0, in: heat, paged) },
            safe: row.largestSafe.map { $0 == .zero ? "none" : $0.kernelArgument })
        })
    }
  }

  private func bound(
    _ square: HeatMap.Square, in heat: HeatMap, _ paged: Set<Int>
  ) -> HTMLPage.Bound? {
    let number = square.index.flatMap { paged.contains($0) ? $0 : nil }
    return HTMLPage.Bound(number: number, size: heat.columns[square.column].kernelArgument)
  }

  private func square(
    _ column: Int, in row: HeatMap.Row, below: HeatMap.Row?, of heat: HeatMap, _ paged: Set<Int>
  ) -> HTMLPage.Square {
    let size = heat.columns[column]
    guard let square = row.squares[column] else {
      return HTMLPage.Square(kind: "", number: nil, mark: "", label: nil, reason: "")
    }
    guard let cell = square.cell, let index = square.index else {
      return HTMLPage.Square(
        kind: "n", number: nil, mark: "·", label: "\(size.kernelArgument): not run", reason: "")
    }
    var classes = [cell.outcome.kind]
    if !cell.isAsExpected, cell.expected != nil { classes.append("u") }
    let fits = HeatMap.fits(square)
    // The prediction's contour: drawn wherever a neighbour's answer is another one.
    let right = row.next(after: column).flatMap { HeatMap.fits($0) }
    if let fits, let right, fits != right { classes.append("er") }
    let under = below.flatMap { HeatMap.fits($0.squares[column]) }
    if let fits, let under, fits != under { classes.append("eb") }
    let surprise = cell.expected == false ? ", not as expected" : ""
    return HTMLPage.Square(
      kind: classes.joined(separator: " "), number: paged.contains(index) ? index : nil,
      mark: cell.outcome.mark,
      label: "\(size.kernelArgument) \(cell.outcome.word)\(surprise)",
      reason: cell.record.reason)
  }
}

extension RunCollection.Cell {
  /// One of many that do not all have their consoles shown.
  fileprivate var withoutConsole: RunCollection.Cell {
    RunCollection.Cell(
      id: id, record: record, expected: expected, because: because, attempts: attempts,
      excerpt: .none, folder: folder)
  }
}

extension Outcome {
  /// The class of its colours.
  var kind: String {
    switch self {
    case .pass: "p"
    case .fail: "f"
    case .panic: "x"
    case .inconclusive: "i"
    }
  }
}
