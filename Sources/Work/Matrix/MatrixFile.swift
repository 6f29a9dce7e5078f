// SPDX-License-Identifier: Apache-2.0

package import Records
package import YAMLFiles

/// A matrix as a person wrote it down.
///
///     name: edges
///     axes:
///       layout: [stock, wide]
///       cma: [1700M, 3000M]
///       test: [[], [allocate]]
///     exclude:
///       - { layout: stock, cma: 3000M }
///     include:
///       - { board: rpi4, cma: 1G, expect: refused }
///     expect: predicted
///     expectations:
///       - { layout: wide, cma: 3000M, expect: pass }
package struct MatrixFile: Sendable {
  package let name: String
  /// Seconds that each stage of a run may take.
  package let timeout: Double
  package let cells: [MatrixCell]

  /// More cells than anybody waits for.
  static let mostCells = 100_000

  /// Decodes, checks and expands the text of a matrix file.
  ///
  /// - Throws: the first thing that is wrong.
  package init(_ text: YAMLText) throws(YAMLFileError) {
    let root = try text.root()
    let fields = try root.fields([
      "name", "axes", "include", "exclude", "expect", "expectations", "timeout",
    ])
    name = try fields.required("name").matrixName()
    timeout = Double(
      try fields.optional("timeout")?.count(in: 1...86_400, because: "seconds, at most a day") ?? 60
    )
    let standard: Expectation =
      try fields.optional("expect")?.choice("an expectation") ?? .predicted
    let exclusions = try fields.optional("exclude")?.patterns(withExpectation: false) ?? []
    let expectations = try fields.optional("expectations")?.patterns(withExpectation: true) ?? []
    let included = try fields.optional("include")?.patterns(withExpectation: true) ?? []

    var combinations = [[String: [String]]()]
    for axis in try fields.required("axes").axes() {
      guard combinations.count * axis.values.count <= Self.mostCells else {
        throw axis.place.failure("makes more than \(Self.mostCells) cells: leave some values out")
      }
      combinations = combinations.flatMap { combination in
        axis.values.map { value in
          value.isEmpty ? combination : combination.merging([axis.name: value]) { $1 }
        }
      }
    }
    var cells = combinations.filter { cell in !exclusions.contains { $0.matches(cell) } }.map {
      cell in
      MatrixCell(
        coordinates: cell,
        expect: expectations.first { $0.matches(cell) }?.expect ?? standard)
    }
    cells += included.map {
      MatrixCell(coordinates: $0.coordinates, expect: $0.expect ?? standard)
    }
    var seen: Set<String> = []
    self.cells = cells.filter { seen.insert($0.id).inserted }
    guard !self.cells.isEmpty else {
      throw root.failure("every cell is excluded: leave one in")
    }
  }
}

/// Coordinates that cells are compared with, and what is expected of those that match.
private struct CellPattern {
  let coordinates: [String: [String]]
  let expect: Expectation?

  func matches(_ cell: [String: [String]]) -> Bool {
    coordinates.allSatisfy { cell[$0.key, default: []] == $0.value }
  }
}

extension NodeCursor {
  fileprivate func matrixName() throws(YAMLFileError) -> String {
    try word("a matrix name", rule: "a-z, 0-9 and '-', at most 64 characters") { name in
      !name.isEmpty && name.utf8.count <= 64
        && name.unicodeScalars.allSatisfy {
          ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        }
    }
  }

  fileprivate func axes() throws(YAMLFileError) -> [(
    name: String, values: [[String]], place: NodeCursor
  )] {
    let known = Axis.allCases.map(\.rawValue)
    let fields = try fields(known)
    var axes: [(name: String, values: [[String]], place: NodeCursor)] = []
    for axis in Axis.allCases {
      guard let place = fields.optional(axis.rawValue) else { continue }
      var values: [[String]] = []
      for element in try place.elements(example: "- a value") {
        values.append(axis.isList ? try element.listOfValues() : [try element.axisValue()])
      }
      axes.append((axis.rawValue, values, place))
    }
    guard !axes.isEmpty else { throw failure("there is no axis: add one, as in 'cma: [64M, 1G]'") }
    return axes
  }

  fileprivate func patterns(withExpectation: Bool) throws(YAMLFileError) -> [CellPattern] {
    var patterns: [CellPattern] = []
    for element in try elements(example: "- { layout: stock, cma: 64M }") {
      let known = Axis.allCases.map(\.rawValue) + (withExpectation ? ["expect"] : [])
      let fields = try element.fields(known)
      var coordinates: [String: [String]] = [:]
      for axis in Axis.allCases {
        guard let value = fields.optional(axis.rawValue) else { continue }
        coordinates[axis.rawValue] =
          axis.isList ? try value.listOfValues() : [try value.axisValue()]
      }
      let expect: Expectation? = try fields.optional("expect")?.choice("an expectation")
      patterns.append(CellPattern(coordinates: coordinates, expect: expect))
    }
    return patterns
  }

  /// A list, or a single value in place of one.
  private func listOfValues() throws(YAMLFileError) -> [String] {
    guard isSequence else { return [try axisValue()] }
    var values: [String] = []
    for element in elementsOrNone { values.append(try element.axisValue()) }
    return values
  }

  /// What an option of the command line may be given.
  private func axisValue() throws(YAMLFileError) -> String {
    try word("a value", rule: "printable ASCII, at most 1000 characters") { value in
      value.utf8.count <= 1000 && value.unicodeScalars.allSatisfy { (" "..."~").contains($0) }
    }
  }
}
