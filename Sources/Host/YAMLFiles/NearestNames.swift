// SPDX-License-Identifier: Apache-2.0

/// The names that a mistyped one may have meant, nearest first.
package struct NearestNames {
  /// At most three.
  package let names: [String]
  private let known: [String]

  /// Longer texts than any name are nobody's typing mistake, and the distance takes n*m steps.
  private static let longest = 64

  package init(to text: String, among known: [String]) {
    self.known = known
    let wanted = Array(text.lowercased().unicodeScalars.prefix(Self.longest + 1))
    guard wanted.count <= Self.longest else {
      names = []
      return
    }
    // A third of the letters may be wrong, and two always.
    let tolerance = max(2, wanted.count / 3)
    names =
      known
      .filter { $0.unicodeScalars.count <= Self.longest }
      .map { (name: $0, distance: Self.distance(wanted, Array($0.unicodeScalars))) }
      .filter { $0.distance <= tolerance && $0.distance < $0.name.unicodeScalars.count }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3)
      .map(\.name)
  }

  private var question: String? { Self.question(for: names) }

  /// What to do instead: `did you mean 'wide'? (known: stock, wide)`, or `use one of stock, wide`.
  package var remedy: String {
    let all = known.joined(separator: ", ")
    return question.map { "\($0) (known: \(all))" } ?? "use one of \(all)"
  }

  /// `did you mean 'a', 'b' or 'c'?`; nil without a near name.
  package static func question(for names: [String]) -> String? {
    let quoted = names.map { "'\($0)'" }
    guard let last = quoted.last else { return nil }
    let others = quoted.dropLast().joined(separator: ", ")
    return "did you mean \(others.isEmpty ? last : "\(others) or \(last)")?"
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other
  /// (optimal string alignment).
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
