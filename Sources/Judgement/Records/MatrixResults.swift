// SPDX-License-Identifier: Apache-2.0

/// What a matrix's results come to: one result a cell, and what is not believed.
package struct MatrixResults: Hashable, Sendable {
  /// In the order of the plan; without one, in the order in which the cells first came. Of a cell
  /// that was run again, the last result.
  package let results: [CellResult]
  /// The lines that count as not there.
  package let damages: [RecordDamage]

  /// - Parameters:
  ///   - lines: `results.jsonl`, whole.
  ///   - plan: what the results are held against; nil where it cannot be read.
  init(lines: [UInt8], plan: MatrixPlan?) {
    let newline = UInt8(ascii: "\n")
    var found: [String: CellResult] = [:]
    var order: [String] = []
    var damages: [RecordDamage] = []
    let cells = Dictionary(uniqueKeysWithValues: (plan?.cells ?? []).map { ($0.id, $0) })
    for (index, line) in lines.split(separator: newline).enumerated() {
      let place = "\(MatrixFolder.resultsName), line \(index + 1)"
      do throws(RecordDamage) {
        // A writer that was killed leaves the beginning of a line.
        guard line.endIndex < lines.endIndex else { throw RecordDamage("it is cut short") }
        let result = try CellResult(
          line: lines[line.startIndex...line.endIndex], cells: plan == nil ? nil : cells)
        if found.updateValue(result, forKey: result.id) == nil { order.append(result.id) }
      } catch {
        damages.append(error.at(place))
      }
    }
    results = (plan?.cells.map(\.id) ?? order).compactMap { found[$0] }
    self.damages = damages
  }
}

extension CellResult {
  /// Reads a line of results, and judges it again.
  ///
  /// - Parameters:
  ///   - line: with its newline.
  ///   - cells: those of the plan, by name; nil where there is no plan.
  package init(
    line: ArraySlice<UInt8>, cells: [String: MatrixCell]?
  ) throws(RecordDamage) {
    let isSealed = try SealedText.line.isSealed(line)
    let read = try JSONText.read(CellResult.self, from: line)
    try read.record.check()
    try read.record.expectSeal(isSealed)
    guard 1...1000 ~= read.attempts else {
      throw RecordDamage("its cell was run \(read.attempts) times")
    }
    guard let cells else {
      self = read
      return
    }
    guard let cell = cells[read.id] else {
      throw RecordDamage("the plan does not have the cell '\(read.id)'")
    }
    if let fault = read.record.request.contradiction(to: cell) {
      throw RecordDamage("its record is not of '\(read.id)': \(fault)")
    }
    self.init(of: cell, record: read.record, attempts: read.attempts)
    guard expected == read.expected else {
      throw RecordDamage(
        "it says that '\(id)' came to \(read.expected ? "" : "another end than ")what was expected"
          + " of it (\(cell.expect.rawValue)), and its record says otherwise")
    }
  }
}
