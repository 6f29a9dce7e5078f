// SPDX-License-Identifier: Apache-2.0

// Matrices: a file of axes becomes cells, cells become results that survive whatever happens, and
// the results of shards become one again.

/// The cells of a matrix.
package struct MatrixPlan: Hashable, Sendable {
  package static let currentSchema = DocumentFormat.matrix.identifier

  package let schema: String
  package let name: String
  /// Seconds that each stage of a run may take.
  package let timeout: Double
  /// All of them, with ``timeout``, whichever shard runs them, in the order of the file.
  package let cells: [MatrixCell]
  /// Which of them are to be run here; nil for all.
  package let shard: Shard?

  package init(name: String, timeout: Double, cells: [MatrixCell], shard: Shard?) {
    schema = Self.currentSchema
    self.name = name
    self.timeout = timeout
    self.cells = cells.map { $0.with(timeout: timeout) }
    self.shard = shard
  }

  /// The cells that this shard runs.
  package var ownCells: [MatrixCell] {
    cells.filter { shard?.runs($0) ?? true }
  }

  /// The same matrix, to be run elsewhere.
  package func sharded(_ shard: Shard?) -> MatrixPlan {
    MatrixPlan(name: name, timeout: timeout, cells: cells, shard: shard)
  }
}

extension MatrixPlan {
  /// - Throws: `RecordDamage` for a plan whose cells cannot be told apart, or name files elsewhere.
  func check() throws(RecordDamage) {
    guard schema == Self.currentSchema else {
      throw RecordDamage("its schema is '\(schema)', and '\(Self.currentSchema)' is read here")
    }
    if let cell = cells.first(where: { !$0.hasFitID }) {
      throw RecordDamage("'\(cell.id)' is not the name of a cell")
    }
    guard Set(cells.map(\.id)).count == cells.count else {
      throw RecordDamage("two cells have one name")
    }
  }
}

extension MatrixPlan: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, name, timeout, cells, shard
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    schema = try container.decode(String.self, forKey: .schema)
    name = try container.decode(String.self, forKey: .name)
    let timeout = try container.decode(Double.self, forKey: .timeout)
    self.timeout = timeout
    // The cells of cmalab 0.1 do not say it.
    cells = try container.decode([MatrixCell].self, forKey: .cells)
      .map { $0.with(timeout: timeout) }
    shard = try container.decodeIfPresent(Shard.self, forKey: .shard)
  }
}

/// A part of a matrix, `2/3`: its cells are the same wherever it is cut.
package struct Shard: Hashable, Sendable, Codable, CustomStringConvertible {
  /// From 1.
  package let index: Int
  package let count: Int

  /// Nil unless `text` is `I/N` with 1 <= I <= N <= 1000.
  package init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
      1...1000 ~= count, 1...count ~= index
    else { return nil }
    self.index = index
    self.count = count
  }

  package var description: String { "\(index)/\(count)" }

  package func runs(_ cell: MatrixCell) -> Bool { cell.hash % UInt64(count) == UInt64(index - 1) }
}
