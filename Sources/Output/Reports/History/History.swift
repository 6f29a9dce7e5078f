// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Quantities
import Records

/// Many matrices side by side: a row for cells that differ in the pool's size alone, a column for each
/// matrix, in the order in which they were given.
package struct History: Sendable {
  struct Column {
    let name: String
    let collection: RunCollection
  }

  struct Group {
    let name: String
    /// One for each column; nil for one that has no run of the group.
    let results: [HistoryDocument.Result?]

    /// The smallest of all columns' largest pools; nil where nothing is conclusive.
    var smallest: ByteCount? {
      results.compactMap(\.self).filter { $0.passed + $0.failed > 0 }
        .map { $0.largestBytes ?? .zero }.min()
    }
  }

  struct Change {
    /// The number of its group.
    let group: Int
    let size: ByteCount
    /// The columns that it lies between.
    let columns: (before: Int, after: Int)
    let change: Comparison.Change
  }

  let columns: [Column]
  let groups: [Group]
  /// What a cell came to that it had not come to the last time, by column.
  let changes: [Change]

  /// - Parameter matrices: each with what tells it from the others. Where no two ran a cell on the same
  ///   kernel, the kernels are what is compared.
  package init(_ matrices: [(name: String, collection: RunCollection)]) {
    columns = matrices.map { Column(name: $0.name, collection: $0.collection) }
    let isOverKernels = Self.isOverKernels(matrices.map(\.collection))
    var numbers: [String: Int] = [:]
    var drafts: [DraftGroup] = []
    var last: [Spot: (column: Int, cell: RunCollection.Cell)] = [:]
    var changes: [Change] = []
    for (column, matrix) in matrices.enumerated() {
      for cell in matrix.collection.cells {
        let request = cell.record.request
        let key = request.sameButSize + (isOverKernels ? "" : "\n\(request.kernel)")
        let group = numbers[key] ?? drafts.count
        if group == drafts.count {
          numbers[key] = group
          drafts.append(DraftGroup(request, columns: matrices.count))
        }
        drafts[group].add(cell, in: column)
        let spot = Spot(group: group, pool: request.poolWords)
        // Of two runs of one matrix, the later one counts.
        if let before = last[spot], before.column < column {
          changes += Comparison.changes(from: before.cell, to: cell)
            .filter { !$0.kind.isLatency }
            .map {
              Change(
                group: group, size: request.cmaBytes, columns: (before.column, column), change: $0)
            }
        }
        last[spot] = (column, cell)
      }
    }
    // The kernel, and of one board and layout what tells its rows apart.
    let varying = Dictionary(grouping: drafts.map(\.place), by: \.group)
      .mapValues(RunPlace.varying)
    groups = drafts.map { draft in
      draft.group(
        showing: RunPlace.Aspect.allCases.filter {
          $0 == .kernel ? !isOverKernels : varying[draft.place.group]?.contains($0) == true
        })
    }
    self.changes = changes
  }

  private struct Spot: Hashable {
    let group: Int
    let pool: String
  }

  private static func isOverKernels(_ collections: [RunCollection]) -> Bool {
    var seen: Set<String> = []
    for collection in collections {
      let keys = Set(
        collection.cells.map { "\($0.record.request.sameButSize)\n\($0.record.request.kernel)" })
      guard seen.isDisjoint(with: keys) else { return false }
      seen.formUnion(keys)
    }
    return true
  }

  /// The matrices' names for a heading; of many, the first and the last one.
  var headingNames: [String] {
    let names = columns.map(\.name)
    guard names.count > Self.mostInHeading, let first = names.first, let last = names.last else {
      return names
    }
    return [first, "\u{2026}", last]
  }

  private static let mostInHeading = 4

  /// `3 matrices, 12 rows: 2 changes.`
  var sentence: String {
    func words(_ count: Int, _ one: String, _ several: String) -> String {
      "\(count) \(count == 1 ? one : several)"
    }
    let found = changes.isEmpty ? "nothing changed" : words(changes.count, "change", "changes")
    return "\(words(columns.count, "matrix", "matrices")), \(words(groups.count, "row", "rows")): "
      + "\(found)."
  }

  /// `arm64-4g stock, cma=2046M`, and the pool where there are several.
  func subject(of change: Change) -> String {
    let what = change.change.what.isEmpty ? "" : ", \(change.change.what)"
    return "\(groups[change.group].name), cma=\(change.size.kernelArgument)\(what)"
  }

  /// `passed in monday, failed in friday`
  func words(of change: Change) -> String {
    let before = columns[change.columns.before].name
    let after = columns[change.columns.after].name
    return "\(change.change.before) in \(before), \(change.change.after) in \(after)"
  }

  /// What could not be read, each with the matrix that it is of.
  var notes: [String] {
    columns.flatMap { column in column.collection.notes.map { "\(column.name): \($0)" } }
  }

  /// The number of changes in each group and column, for those that have any.
  var changeCounts: [Int: [Int: Int]] {
    changes.reduce(into: [:]) { $0[$1.group, default: [:]][$1.columns.after, default: 0] += 1 }
  }
}

/// A row whose runs are still being found.
private struct DraftGroup {
  let place: RunPlace
  private let appended: String
  private var results: [Draft?]

  private struct Draft {
    var passed = 0
    var failed = 0
    var inconclusive = 0
    var largest: ByteCount?
    var smallestRefused: ByteCount?
    var safe: ByteCount?
  }

  init(_ request: RunRequest, columns: Int) {
    place = RunPlace(request)
    appended = request.asked?.appended ?? ""
    results = Array(repeating: nil, count: columns)
  }

  mutating func add(_ cell: RunCollection.Cell, in column: Int) {
    var draft = results[column] ?? Draft()
    let size = cell.record.request.cmaBytes
    switch cell.outcome {
    case .pass:
      draft.passed += 1
      draft.largest = max(draft.largest ?? size, size)
    case .fail, .panic:
      draft.failed += 1
      draft.smallestRefused = min(draft.smallestRefused ?? size, size)
    case .inconclusive: draft.inconclusive += 1
    }
    draft.safe = [draft.safe, cell.record.predictedSafe].compactMap(\.self).min()
    results[column] = draft
  }

  func group(showing aspects: [RunPlace.Aspect]) -> History.Group {
    let words = [place.group, place.words(of: aspects), appended].filter { !$0.isEmpty }
    return History.Group(
      name: words.joined(separator: ", ") + place.what,
      results: results.map { draft in
        draft.map {
          HistoryDocument.Result(
            passed: $0.passed, failed: $0.failed, inconclusive: $0.inconclusive,
            largestBytes: $0.largest, smallestRefusedBytes: $0.smallestRefused, safeBytes: $0.safe)
        }
      })
  }
}

extension RunRequest {
  /// What was asked for of the default pool.
  fileprivate var poolWords: String {
    "\(cmaBytes.bytes) \(commandLinePool.map { "\($0)" } ?? "") \(kconfigPool.map { "\($0)" } ?? "")"
  }
}

extension HistoryDocument.Result {
  /// `3000M, 7 of 9`
  var words: String {
    let total = passed + failed + inconclusive
    return "\(largestBytes?.kernelArgument ?? "none"), \(passed) of \(total)"
  }
}
