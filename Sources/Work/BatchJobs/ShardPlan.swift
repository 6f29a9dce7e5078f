// SPDX-License-Identifier: Apache-2.0

/// The cells of a matrix, cut into shards that are expected to take equally long.
package struct ShardPlan: Hashable, Sendable {
  /// A part of the cells, that one task runs.
  package struct Shard: Hashable, Sendable, Codable {
    /// From 1, as batch systems number the tasks of an array.
    package let number: Int
    /// The slowest first, so that no slow one is left when the others are done.
    package let cells: [String]
    package let expectedSeconds: Double
  }

  /// None of them is empty.
  package let shards: [Shard]

  /// Slurm's MaxArraySize is 1001 unless its administrator chose another one, and the largest index
  /// is one less (slurm.conf(5)).
  package static let mostShards = 1000

  /// Gives each cell, the slowest first, to the shard that has the least to do: at most 4/3 of the
  /// best possible cut (R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", 1969).
  ///
  /// The same costs give the same shards on every machine.
  ///
  /// - Parameter count: at least 1; where there are fewer cells, each is a shard.
  package init(_ costs: [CellCosts.Cost], count: Int) {
    var loads = Array(repeating: 0.0, count: min(count, costs.count))
    var cells = Array(repeating: [String](), count: loads.count)
    for cost in costs.sorted(by: { ($1.seconds, $0.cell) < ($0.seconds, $1.cell) }) {
      var lightest = 0
      for index in loads.indices where loads[index] < loads[lightest] { lightest = index }
      loads[lightest] += cost.seconds
      cells[lightest].append(cost.cell)
    }
    shards = zip(cells, loads).enumerated().map { index, shard in
      Shard(number: index + 1, cells: shard.0, expectedSeconds: shard.1)
    }
  }

  /// How many shards suit a number of workers.
  ///
  /// A shard has hundreds of cells where there are enough, as an empty task costs more than a guest
  /// (0.58 s with Slurm 22.05). The count is a multiple of the workers, so that none of them is idle
  /// in the last round.
  ///
  /// - Parameter workers: tasks that run at once, at least 1.
  package static func suitableCount(cells: Int, workers: Int) -> Int {
    let rounds = max(1, cells / (workers * suitableCells))
    let useful = (cells + fewestCells - 1) / fewestCells
    return max(1, min(workers * rounds, useful, mostShards))
  }

  private static let suitableCells = 150
  /// A task of fewer cells costs about as much as it saves.
  private static let fewestCells = 10
}
