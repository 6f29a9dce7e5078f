// SPDX-License-Identifier: Apache-2.0

/// When the shards of a matrix end on a number of workers, by simulation of time.
///
/// A batch system starts tasks in their order, each on the first worker that is free.
package struct ScheduleSimulation: Hashable, Sendable {
  package let workers: Int
  /// From the first task's start to the last one's end.
  package let seconds: Double
  /// The end of the last task less the end of the worker that is free first.
  package let spreadSeconds: Double
  /// What tasks cost besides their cells, of all workers together.
  package let overheadSeconds: Double
  /// One worker's time for the cells alone, without any overhead, over ``seconds``.
  package let speedUp: Double

  /// 1 where every worker ran cells all the time.
  package var efficiency: Double { speedUp / Double(workers) }

  /// - Parameters:
  ///   - shards: the seconds that each one's cells take.
  ///   - overhead: what each task costs besides, in seconds: 0.58 for an empty one of Slurm 22.05.
  package init(shards: [Double], workers: Int, overhead: Double) {
    var free = Array(repeating: 0.0, count: workers)
    for shard in shards {
      var first = 0
      for worker in free.indices where free[worker] < free[first] { first = worker }
      free[first] += overhead + shard
    }
    self.workers = workers
    seconds = free.max() ?? 0
    spreadSeconds = seconds - (free.min() ?? 0)
    overheadSeconds = overhead * Double(shards.count)
    speedUp = seconds > 0 ? shards.reduce(0, +) / seconds : 0
  }

  /// What an empty task of an array took from its start to the next one's, with Slurm 22.05.
  package static let slurmTaskOverhead = 0.58
}
