// SPDX-License-Identifier: Apache-2.0

import GuestRequests
package import Records
package import YAMLFiles

/// A matrix as a person wrote it down.
///
///     name: edges
///     axes:
///       layout: [rk3568, stock]
///       cma: [1700M, 3000M]
///       test: [[], [allocate]]
///     exclude:
///       - { layout: stock, cma: 3000M }
///     include:
///       - { board: rpi4, cma: 1G, expect: refused }
///     expect: predicted
///     expectations:
///       - { layout: rk3568, cma: 3000M, expect: pass }
///       - { cma: 1700M, expect: refused, because: "the boot loader's carve-out, issue 17" }
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
    let fields = try root.fields(MatrixKey.self)
    name = try fields.required(.name).matrixName()
    timeout = Double(
      try fields.optional(.timeout)?.count(in: 1...86_400, because: "seconds, at most a day") ?? 60
    )
    let standard: Expectation =
      try fields.optional(.expect)?.choice("an expectation") ?? .predicted
    let exclusions = try fields.optional(.exclude)?.patterns(withExpectation: false) ?? []
    let expectations = try fields.optional(.expectations)?.patterns(withExpectation: true) ?? []
    let included = try fields.optional(.include)?.patterns(withExpectation: true) ?? []

    var drafts = [CellDraft()]
    for axis in try fields.required(.axes).axes() {
      guard drafts.count * axis.values.count <= Self.mostCells else {
        throw axis.place.failure("makes more than \(Self.mostCells) cells: leave some values out")
      }
      var longer: [CellDraft] = []
      for draft in drafts {
        for value in axis.values { longer.append(try draft.with(value)) }
      }
      drafts = longer
    }
    var cells: [MatrixCell] = []
    for draft in drafts where !exclusions.contains(where: { $0.matches(draft) }) {
      let pattern = expectations.first { $0.matches(draft) }
      cells.append(draft.cell(pattern?.expect ?? standard, because: pattern?.because))
    }
    cells += included.map { $0.draft.cell($0.expect ?? standard, because: $0.because) }
    var seen: Set<String> = []
    self.cells = cells.filter { seen.insert($0.id).inserted }
    for cell in self.cells {
      do { try cell.request.check() } catch { throw root.failure("cell \(cell.id): \(error)") }
    }
    guard !self.cells.isEmpty else {
      throw root.failure("every cell is excluded: leave one in")
    }
  }
}

/// What one option of a cell is given: none, one or, of those that may be repeated, several values.
private struct CellValue {
  let option: GuestOption
  let texts: [(text: String, place: NodeCursor)]
}

/// A cell that is being put together.
private struct CellDraft {
  private(set) var request = GuestRequest()
  private(set) var texts: [GuestOption: [String]] = [:]

  func with(_ value: CellValue) throws(YAMLFileError) -> CellDraft {
    var draft = self
    if !value.texts.isEmpty { draft.texts[value.option] = value.texts.map(\.text) }
    for (text, place) in value.texts {
      do {
        try draft.request.set(value.option, to: text)
      } catch {
        throw place.failure("\(error)")
      }
    }
    return draft
  }

  func cell(_ expect: Expectation, because: String?) -> MatrixCell {
    MatrixCell(of: request, texts: texts, expect: expect, because: because)
  }
}

/// Values that cells are compared with, and what is expected of those that match.
private struct CellPattern {
  let options: [GuestOption]
  let draft: CellDraft
  let expect: Expectation?
  /// Why that is expected.
  let because: String?

  func matches(_ cell: CellDraft) -> Bool {
    options.allSatisfy { cell.request.values(of: $0) == draft.request.values(of: $0) }
  }
}

/// One key of `axes`.
private struct Axis {
  let values: [CellValue]
  let place: NodeCursor
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

  fileprivate func axes() throws(YAMLFileError) -> [Axis] {
    let fields = try fields(CellKey.self, without: [.expect, .because])
    var axes: [Axis] = []
    for key in CellKey.allCases {
      guard let option = key.option, let place = fields.optional(key) else { continue }
      var values: [CellValue] = []
      for element in try place.elements(example: "- a value") {
        values.append(try element.cellValue(of: option))
      }
      axes.append(Axis(values: values, place: place))
    }
    guard !axes.isEmpty else { throw failure("there is no axis: add one, as in 'cma: [64M, 1G]'") }
    return axes
  }

  fileprivate func patterns(withExpectation: Bool) throws(YAMLFileError) -> [CellPattern] {
    var patterns: [CellPattern] = []
    for element in try elements(example: "- { layout: stock, cma: 64M }") {
      let fields = try element.fields(
        CellKey.self, without: withExpectation ? [] : [.expect, .because])
      var options: [GuestOption] = []
      var draft = CellDraft()
      for key in CellKey.allCases {
        guard let option = key.option, let place = fields.optional(key) else { continue }
        options.append(option)
        draft = try draft.with(try place.cellValue(of: option))
      }
      let expect: Expectation? = try fields.optional(.expect)?.choice("an expectation")
      let because = try fields.optional(.because)?.axisValue()
      guard because == nil || expect == .refused || expect == .panic else {
        throw element.failure("has 'because' without 'expect: refused' or 'expect: panic': add one")
      }
      patterns.append(
        CellPattern(options: options, draft: draft, expect: expect, because: because))
    }
    return patterns
  }

  /// One value, or, of an option that may be repeated, a list of them.
  private func cellValue(of option: GuestOption) throws(YAMLFileError) -> CellValue {
    let places = option.isRepeatable && isSequence ? elementsOrNone : [self]
    var texts: [(text: String, place: NodeCursor)] = []
    for place in places { texts.append((try place.axisValue(), place)) }
    return CellValue(option: option, texts: texts)
  }

  /// What an option of the command line may be given.
  private func axisValue() throws(YAMLFileError) -> String {
    try word("a value", rule: "printable ASCII, at most 1000 characters") { value in
      value.utf8.count <= 1000 && value.unicodeScalars.allSatisfy { (" "..."~").contains($0) }
    }
  }
}
