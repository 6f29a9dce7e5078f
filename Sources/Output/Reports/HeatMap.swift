// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// Runs as a table: a row for everything that is the same along it, a column for each size of the
/// pool that was asked for.
struct HeatMap: Sendable {
  /// Rows of one board and layout.
  struct Group: Sendable {
    let name: String
    /// What is the same in each of its rows, and not in every group: `4 CPUs`.
    let common: String
    let rows: [Row]
  }

  struct Row: Sendable {
    /// What tells it from the other rows of its group: `6.1`, `6.1, 64k pages`.
    let name: String
    /// One a column; nil where the matrix has nothing there.
    let squares: [Square?]

    /// The next square to the right that the matrix has.
    func next(after column: Int) -> Square? {
      squares[(column + 1)...].first { $0 != nil } ?? nil
    }

    /// The largest pool that was there, and the smallest that was not.
    var largestPass: Square? {
      squares.last { $0?.cell?.outcome == .pass } ?? nil
    }
    /// What the model says is the largest safe pool; nil where it says nothing.
    var largestSafe: ByteCount? {
      squares.lazy.compactMap { $0?.cell?.record.predictedSafe }.first
    }
    var smallestFailure: Square? {
      squares.first { $0?.cell.map { $0.outcome == .fail || $0.outcome == .panic } ?? false } ?? nil
    }
  }

  struct Square: Sendable {
    let column: Int
    /// The number of the cell in its collection; nil for one that has not run.
    let index: Int?
    let cell: RunCollection.Cell?
  }

  /// Squares that a table may have, the empty ones counted: more of them nobody looks at.
  private static let mostSquares = 200_000

  /// What was asked for, rising.
  let columns: [ByteCount]
  /// Nothing in ``groups``, where the table would have more rows and columns than anybody looks at.
  let isTooLarge: Bool
  let groups: [Group]
  /// What is the same in every row: `4k pages, 1 CPU, via cmdline`.
  let common: String

  init(_ collection: RunCollection) {
    let cells = collection.cells.enumerated().map { index, cell in
      (place: RunPlace(cell.record.request), index: Optional(index), cell: Optional(cell))
    }
    let missing = collection.missing.compactMap { missing in
      RunPlace(missing.request, like: collection).map {
        (place: $0, index: Int?.none, cell: RunCollection.Cell?.none)
      }
    }
    let all = cells + missing
    columns = Set(all.map(\.place.size)).sorted()
    let varying = RunPlace.varying(all.map(\.place))
    common =
      all.first?.place.words(of: RunPlace.Aspect.allCases.filter { !varying.contains($0) }) ?? ""

    var order: [String] = []
    var members: [String: [(place: RunPlace, index: Int?, cell: RunCollection.Cell?)]] = [:]
    for entry in all {
      if members[entry.place.group] == nil { order.append(entry.place.group) }
      members[entry.place.group, default: []].append(entry)
    }
    let numbers = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    let drafts = order.map { name in
      let members = members[name] ?? []
      let varyingHere = RunPlace.varying(members.map(\.place))
      let heading = RunPlace.Aspect.allCases.filter {
        $0 != .kernel && varying.contains($0) && !varyingHere.contains($0)
      }
      // The kernel always, and what else tells rows apart.
      let shown = RunPlace.Aspect.allCases.filter { $0 == .kernel || varyingHere.contains($0) }
      var draft = DraftGroup(name: name, common: members.first?.place.words(of: heading) ?? "")
      for (place, index, cell) in members {
        guard let column = numbers[place.size] else { continue }
        draft.put(
          Square(column: column, index: index, cell: cell),
          inRow: place.words(of: shown), orElse: place.what)
      }
      return draft
    }
    let rows = drafts.reduce(0) { $0 + $1.rows.count }
    isTooLarge = rows > Self.mostSquares / max(1, columns.count)
    groups = isTooLarge ? [] : drafts.map { [columns] in $0.group(of: columns.count) }
  }

  /// Whether the prediction says that it fits; nil where nobody knows.
  static func fits(_ square: Square?) -> Bool? { square?.cell?.record.isPredictedToFit }
}

/// A group whose rows are still being found.
private struct DraftGroup {
  let name: String
  let common: String
  private(set) var rows: [(name: String, squares: [Int: HeatMap.Square])] = []
  /// The rows of each name, in their order.
  private var rowsByName: [String: [Int]] = [:]
  /// How many of a name's rows have something in a column; they are filled from the first one on.
  private var filled: [Spot: Int] = [:]

  private struct Spot: Hashable {
    let row: String
    let column: Int
  }

  init(name: String, common: String) {
    self.name = name
    self.common = common
  }

  /// Two runs of one place, as with different tests, get a row each: the first one by its label,
  /// another one by its label and what it is.
  mutating func put(_ square: HeatMap.Square, inRow label: String, orElse suffix: String) {
    let isFirst = filled[Spot(row: label, column: square.column)] == nil
    let name = isFirst ? label : label + suffix
    let spot = Spot(row: name, column: square.column)
    let index = filled[spot, default: 0]
    filled[spot] = index + 1
    if let row = rowsByName[name], index < row.count {
      rows[row[index]].squares[square.column] = square
    } else {
      rowsByName[name, default: []].append(rows.count)
      rows.append((name, [square.column: square]))
    }
  }

  func group(of columns: Int) -> HeatMap.Group {
    HeatMap.Group(
      name: name, common: common,
      rows: rows.map { row in
        HeatMap.Row(name: row.name, squares: (0..<columns).map { row.squares[$0] })
      })
  }
}
