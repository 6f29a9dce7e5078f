// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import Records
package import SystemPackage

/// Tries the judge on many guests.
package struct JudgeTrials: Sendable {
  /// A case on which the opinions differ.
  package struct Disagreement: Sendable {
    package let seed: UInt64
    package let made: JudgeCase
    package let differences: [String]
  }

  package struct Summary: Sendable {
    package var compared = 0
    /// Guests that a hazard, or a fatality, of the layout ended, as was foretold.
    package var ended = 0
    package var verdicts: [Verdict: Int] = [:]
    package var disagreements: [Disagreement] = []
    package init() {}
  }

  private let boot: @Sendable (JudgeCase, FilePath) async throws -> (RunRecord, [UInt8])
  private let folder: FilePath
  private let makeCase: @Sendable (UInt64) -> JudgeCase

  /// - Parameters:
  ///   - folder: for the guests' files; removed by whoever made it.
  ///   - makeCase: the case of a seed.
  ///   - boot: boots and judges a case in a folder of its own, and gives its record and console.
  package init(
    in folder: FilePath, makeCase: @escaping @Sendable (UInt64) -> JudgeCase,
    boot: @escaping @Sendable (JudgeCase, FilePath) async throws -> (RunRecord, [UInt8])
  ) {
    self.folder = folder
    self.makeCase = makeCase
    self.boot = boot
  }

  /// Runs the cases of `seeds`, `jobs` at a time.
  package func run(
    _ seeds: Range<UInt64>, jobs: Int, onDisagreement: @Sendable (Disagreement) -> Void
  ) async throws -> Summary {
    var summary = Summary()
    try await withThrowingTaskGroup(of: (UInt64, RunRecord, ThreeOpinions).self) { group in
      var pending = seeds.makeIterator()
      func start() {
        guard let seed = pending.next() else { return }
        group.addTask {
          let place = folder.appending("\(seed)")
          defer { try? HostFile.remove(place) }
          let made = makeCase(seed)
          let (record, console) = try await boot(made, place)
          return (seed, record, ThreeOpinions(record, console: console, model: made.model))
        }
      }
      for _ in 0..<jobs { start() }
      while let (seed, record, opinions) = try await group.next() {
        start()
        if opinions.isCompared { summary.compared += 1 } else { summary.ended += 1 }
        summary.verdicts[record.verdict, default: 0] += 1
        guard !opinions.differences.isEmpty else { continue }
        let found = Disagreement(
          seed: seed, made: makeCase(seed), differences: opinions.differences)
        summary.disagreements.append(found)
        onDisagreement(found)
      }
    }
    return summary
  }
}
