// SPDX-License-Identifier: Apache-2.0

import Mustache
import Quantities
import Records

/// A collection of runs as one HTML file that needs nothing else: no script, no network.
package struct HTMLReport: Sendable {
  private let collection: RunCollection

  package init(_ collection: RunCollection) {
    self.collection = collection
  }

  /// Runs of which a page says everything; more of them say what went well in fewer words.
  private static let mostInFull = 150
  /// Rows of the table of runs that are not as they should be; the heat map has them all.
  private static let mostUnexpected = 200

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      let library = try ReportTemplates.library()
      return library.render(page, withTemplate: "page") ?? ""
    }
  }

  private var page: Page {
    let isCompact = collection.cells.count > Self.mostInFull
    let pages = collection.cells.enumerated().map { index, cell in
      CellPage(
        cell, number: index, of: collection.isSingleRun ? nil : collection.cells.count,
        inFull: !isCompact || !cell.isAsExpected)
    }
    return Page(
      title: collection.isSingleRun
        ? collection.cells.first?.record.title.visible ?? collection.name.visible
        : collection.name.visible,
      overview: collection.isSingleRun ? nil : overview, comparison: nil, cells: pages)
  }

  private var overview: Overview {
    let heat = HeatMap(collection)
    let missing = collection.missing.map(\.id.visible)
    return Overview(
      sentence: collection.sentence,
      counts: collection.counts.map {
        Count(kind: $0.outcome.kind, mark: $0.outcome.mark, count: $0.count, word: $0.outcome.word)
      },
      unexpected: unexpected, common: heat.common.isEmpty ? "" : "Everywhere: \(heat.common).",
      hasPredictions: collection.cells.contains { $0.record.isPredictedToFit != nil },
      columns: heat.columns.map(\.kernelArgument), groups: groups(of: heat),
      missing: missing.isEmpty
        ? nil
        : Missing(count: missing.count == 1 ? "one run" : "\(missing.count) runs", ids: missing),
      notes: collection.notes.isEmpty ? nil : Notes(lines: collection.notes.map(\.visible)))
  }

  private var unexpected: Unexpected? {
    let odd = collection.cells.enumerated().filter { !$0.element.isAsExpected }
    guard !odd.isEmpty else { return nil }
    let isJudged = collection.cells.contains { $0.expected != nil }
    return Unexpected(
      heading: isJudged ? "Not as expected" : "Did not pass",
      rows: odd.prefix(Self.mostUnexpected).map { index, cell in
        Unexpected.Row(
          number: index, name: cell.id.visible, kind: cell.outcome.kind, word: cell.outcome.word,
          reason: cell.record.reason.visible)
      },
      more: odd.count > Self.mostUnexpected ? odd.count - Self.mostUnexpected : nil)
  }

  private func groups(of heat: HeatMap) -> [Group] {
    heat.groups.map { group in
      let banks = group.rows.lazy.flatMap(\.squares).compactMap { $0?.cell?.record.request.banks }
        .first
      return Group(
        name: group.name.visible,
        banks: (banks ?? []).map { "\($0.start)+\($0.size)" }.joined(separator: ", "),
        common: group.common.visible,
        width: heat.columns.count + 3,
        rows: group.rows.enumerated().map { index, row in
          let below = index + 1 < group.rows.count ? group.rows[index + 1] : nil
          return Row(
            name: row.name.visible,
            squares: row.squares.indices.map { column in
              square(column, in: row, below: below, size: heat.columns[column])
            },
            pass: row.largestPass.flatMap { bound($0, in: heat) },
            fail: row.smallestFailure.flatMap { bound($0, in: heat) })
        })
    }
  }

  private func bound(_ square: HeatMap.Square, in heat: HeatMap) -> Bound? {
    square.index.map { Bound(number: $0, size: heat.columns[square.column].kernelArgument) }
  }

  private func square(
    _ column: Int, in row: HeatMap.Row, below: HeatMap.Row?, size: ByteCount
  ) -> Square {
    guard let square = row.squares[column] else {
      return Square(kind: "", number: nil, mark: "", label: nil, reason: "")
    }
    guard let cell = square.cell, let index = square.index else {
      return Square(
        kind: "n", number: nil, mark: "", label: "\(size.kernelArgument): not run", reason: "")
    }
    var classes = [cell.outcome.kind]
    if !cell.isAsExpected, cell.expected != nil { classes.append("u") }
    let fits = HeatMap.fits(square)
    // The prediction's contour: drawn wherever a neighbour's answer is another one.
    let right = row.squares[(column + 1)...].first { $0 != nil }.flatMap { HeatMap.fits($0) }
    if let fits, let right, fits != right { classes.append("er") }
    let under = below.flatMap { HeatMap.fits($0.squares[column]) }
    if let fits, let under, fits != under { classes.append("eb") }
    let surprise = cell.expected == false ? ", not as expected" : ""
    return Square(
      kind: classes.joined(separator: " "), number: index, mark: cell.outcome.mark,
      label: "\(size.kernelArgument) \(cell.outcome.word)\(surprise)",
      reason: cell.record.reason.visible)
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

/// What the page's template shows. Mustache reads stored properties by their names.
struct Page {
  let title: String
  let overview: Overview?
  let comparison: ComparisonPage?
  let cells: [CellPage]
  let style = ReportStyle.css
  let styleHash = ReportStyle.hash
}

struct Overview {
  let sentence: String
  let counts: [Count]
  let unexpected: Unexpected?
  let common: String
  let hasPredictions: Bool
  let columns: [String]
  let groups: [Group]
  let missing: Missing?
  let notes: Notes?
}

struct Count {
  let kind: String
  let mark: String
  let count: Int
  let word: String
}

struct Unexpected {
  struct Row {
    let number: Int
    let name: String
    let kind: String
    let word: String
    let reason: String
  }
  let heading: String
  let rows: [Row]
  let more: Int?
}

struct Missing {
  let count: String
  let ids: [String]
}

struct Notes {
  let lines: [String]
}

struct Group {
  let name: String
  let banks: String
  let common: String
  let width: Int
  let rows: [Row]
}

struct Row {
  let name: String
  let squares: [Square]
  let pass: Bound?
  let fail: Bound?
}

struct Bound {
  let number: Int
  let size: String
}

struct Square {
  let kind: String
  let number: Int?
  let mark: String
  let label: String?
  let reason: String
}
