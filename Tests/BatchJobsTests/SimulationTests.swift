// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BatchJobs

@Suite struct SimulationTests {
  @Test func twoWorkersShareTheShards() {
    let simulation = ScheduleSimulation(shards: [3, 3, 1, 1], workers: 2, overhead: 0.5)
    #expect(simulation.seconds == 5)
    #expect(simulation.spreadSeconds == 0)
    #expect(simulation.overheadSeconds == 2)
    #expect(simulation.speedUp == 8.0 / 5)
    #expect(simulation.efficiency == 0.8)
  }

  @Test func theSlowestShardDecides() {
    let simulation = ScheduleSimulation(shards: [1, 1, 10], workers: 2, overhead: 0)
    #expect(simulation.seconds == 11)
    #expect(simulation.spreadSeconds == 10)
  }

  /// Ten thousand cells, each as slow as a measured one of its kind: nine in ten only boot, the
  /// others run a test. What a cell takes differs from what is expected of it as much as the same
  /// cells did between two runs of one machine.
  @Test func tenThousandCellsKeepThirtyTwoWorkersBusy() {
    var random = MeasuredCells(seed: 21)
    let cells = (0..<10_000).map { random.cell(number: $0) }
    let expected = cells.map { CellCosts.Cost(cell: $0.id, seconds: $0.usual, isMeasured: true) }
    let actual = Dictionary(uniqueKeysWithValues: cells.map { ($0.id, $0.actual) })
    for workers in [2, 4, 8, 16, 32, 64] {
      let count = ShardPlan.suitableCount(cells: cells.count, workers: workers)
      let plan = ShardPlan(expected, count: count)
      let shards = plan.shards.map { shard in shard.cells.reduce(0) { $0 + (actual[$1] ?? 0) } }
      let simulation = ScheduleSimulation(
        shards: shards, workers: workers, overhead: ScheduleSimulation.slurmTaskOverhead)
      print(
        "\(workers) workers, \(count) shards: \(simulation.seconds) s, ends spread over "
          + "\(simulation.spreadSeconds) s, tasks cost \(simulation.overheadSeconds) s, speed-up "
          + "\(simulation.speedUp), efficiency \(simulation.efficiency)")
      #expect(simulation.efficiency >= 0.9, "on \(workers) workers")
      #expect(simulation.overheadSeconds < 0.01 * simulation.seconds * Double(workers))
    }
  }
}
