// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import Matrix
import Quantities
import Testing

@testable import BatchJobs

@Suite struct ShardPlanTests {
  private static func costs(_ seconds: [Double]) -> [CellCosts.Cost] {
    seconds.enumerated().map { .init(cell: "cell-\($0)", seconds: $1, isMeasured: true) }
  }

  @Test func everyCellIsInOneShardAndTheShardsTakeEquallyLong() {
    let seconds = (0..<500).map { (number: Int) -> Double in
      number % 50 == 0 ? 30 : 0.5 + Double(number % 7) / 10
    }
    let costs = Self.costs(seconds)
    let plan = ShardPlan(costs, count: 7)
    #expect(plan.shards.map(\.number) == Array(1...7))
    #expect(plan.shards.flatMap(\.cells).sorted() == costs.map(\.cell).sorted())
    let loads = plan.shards.map(\.expectedSeconds)
    let mean = loads.reduce(0, +) / 7
    #expect(loads.allSatisfy { abs($0 - mean) < 0.01 * mean }, "\(loads)")
    for shard in plan.shards { #expect(shard.cells.first.map { $0.hasSuffix("0") } == true) }
  }

  @Test func theSameCostsAreCutAlikeInAnyOrder() {
    let costs = Self.costs((0..<40).map { Double($0 % 5) + 1 })
    #expect(ShardPlan(costs, count: 6) == ShardPlan(costs.reversed(), count: 6))
  }

  @Test func fewerCellsThanShardsAreAShardEach() {
    let plan = ShardPlan(Self.costs([1, 2, 3]), count: 10)
    #expect(plan.shards.map(\.cells) == [["cell-2"], ["cell-1"], ["cell-0"]])
    #expect(ShardPlan([], count: 4).shards.isEmpty)
  }

  @Test(arguments: [
    (10_000, 32, 64), (10_000, 64, 64), (10_000, 2, 66), (100_000, 4, 664), (1_000_000, 64, 1000),
    (100, 2, 2), (5, 16, 1), (60, 16, 6),
  ])
  func aShardHasHundredsOfCellsAndNoWorkerIsIdleInTheLastRound(
    cells: Int, workers: Int, count: Int
  ) {
    #expect(ShardPlan.suitableCount(cells: cells, workers: workers) == count)
  }
}

@Suite struct CellCostsTests {
  private static func load(_ tests: [GuestTest] = [], pool: UInt64 = 64) -> CellLoad {
    CellLoad(ram: .gibibytes(4), pool: .mebibytes(pool), tests: tests)
  }

  @Test func whatWasMeasuredTakesPrecedenceAndScalesTheRest() {
    let costs = CellCosts(
      of: [("a", Self.load()), ("b", Self.load()), ("c", Self.load([.allocate], pool: 1700))],
      measured: ["a": 3 * Self.load().estimatedSeconds, "elsewhere": 99])
    #expect(costs.all.map(\.isMeasured) == [true, false, false])
    #expect(costs.all[1].seconds == costs.all[0].seconds)
    #expect(
      costs.all[2].seconds == 3 * Self.load([.allocate], pool: 1700).estimatedSeconds)
  }

  @Test func testsAndTheMemoryThatTheyWriteCost() {
    let boot = Self.load().estimatedSeconds
    let small = Self.load([.allocate]).estimatedSeconds
    let large = Self.load([.allocate], pool: 1700).estimatedSeconds
    #expect(boot < small && small < large)
    #expect(
      Self.load([.allocate, .latency]).estimatedSeconds > Self.load([.latency]).estimatedSeconds)
  }
}
