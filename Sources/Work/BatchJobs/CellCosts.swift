// SPDX-License-Identifier: Apache-2.0

import GuestRequests
package import Matrix
import Quantities

// A matrix on many machines. Its cells are cut into shards, which batch systems run as tasks: the
// scripts of each are printed from one plan. Every attempt at a shard writes into a folder of its own,
// and the merge takes one result per cell from all of them. "Batch job" is what Slurm, POSIX and
// Kubernetes call such work.

extension CellLoad {
  /// The seconds that such a guest takes on one of two cores of an AMD EPYC, from records' `total`
  /// (38 cells of arm64-4g, arm64-2g, rpi4, zcu102 and juno, pools of 64, 512 and 1700 MiB, QEMU
  /// 7.2). Only their ratios count where another machine's times are known.
  package var estimatedSeconds: Double {
    let gibibytes = { (size: ByteCount) in Double(size.bytes) / Double(1 << 30) }
    let boot = 0.4 + 0.03 * gibibytes(ram)
    return tests.reduce(boot) { seconds, test in
      seconds + Self.testSeconds(test, poolGibibytes: gibibytes(pool))
    }
  }

  /// What a test adds to a boot: a part for each GiB of the pool that it writes, and a part that
  /// every pool costs.
  private static func testSeconds(_ test: GuestTest, poolGibibytes: Double) -> Double {
    switch test {
    case .allocate, .region: 0.1 + 2.2 * poolGibibytes
    case .largest: 0.1 + 0.3 * poolGibibytes
    case .churn: 1.4 + 2.2 * poolGibibytes
    case .fuzz: 1.4
    case .latency: 15
    case .borrowed: 12 + 2 * poolGibibytes
    case .pinned: 11 + 1.5 * poolGibibytes
    // Those that touch little of the pool, and any of which no times are known.
    default: 0.1
    }
  }
}

/// The seconds that each cell of a matrix is expected to take.
package struct CellCosts: Sendable {
  /// What is expected of a cell, and from where that is known.
  package struct Cost: Hashable, Sendable {
    package let cell: String
    package let seconds: Double
    package let isMeasured: Bool
  }

  /// In the order of the cells.
  package let all: [Cost]

  /// - Parameters:
  ///   - cells: each with its identifier.
  ///   - measured: seconds that a former run took, by cell. Where a cell has none, its estimate is
  ///     scaled by what the measured cells took in the median, as this machine is another one than
  ///     that of ``CellLoad/estimatedSeconds``.
  package init(of cells: [(id: String, load: CellLoad)], measured: [String: Double]) {
    let estimates = cells.map { $0.load.estimatedSeconds }
    let ratios = zip(cells, estimates).compactMap { cell, estimate in
      measured[cell.id].map { $0 / estimate }
    }.sorted()
    let scale = ratios.isEmpty ? 1 : ratios[ratios.count / 2]
    all = zip(cells, estimates).map { cell, estimate in
      if let seconds = measured[cell.id] {
        Cost(cell: cell.id, seconds: seconds, isMeasured: true)
      } else {
        Cost(cell: cell.id, seconds: estimate * scale, isMeasured: false)
      }
    }
  }

  package var totalSeconds: Double { all.reduce(0) { $0 + $1.seconds } }
}
