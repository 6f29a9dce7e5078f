// SPDX-License-Identifier: Apache-2.0

import Emulator
import Observations
import Transcripts

extension RunRecord {
  /// A console has at most 64 MiB, so fewer lines than this.
  private static let lines = 1...(1 << 27)
  /// Page frames of a 64-bit address space with the smallest pages.
  private static let mostPages: UInt64 = 1 << 52
  /// Seconds: longer than any run, of which a stage has at most a day.
  private static let longestTime = 1e9

  /// The number that no run has; nil where all are within what is possible.
  ///
  /// Who reads a record counts with its numbers, and they come from a file that anybody wrote.
  var boundsFault: String? {
    if let line = consoleLines.first(where: { !Self.lines.contains($0) }) {
      return "it has a console line \(line)"
    }
    if let time = timing.first(where: { !Self.isTime($0.value) }) {
      return "its timing '\(time.key)' is \(time.value)"
    }
    if let emulator, !Self.isTime(emulator.seconds) {
      return "its emulator ran \(emulator.seconds) seconds"
    }
    guard 0...4096 ~= request.cpus else { return "it has \(request.cpus) CPUs" }
    let series = tests.flatMap(\.latencies)
    if let series = series.first(where: { !$0.isSound }) {
      return "the figures of '\(series.name)' contradict each other"
    }
    if let trace, !trace.isWithin(pages: Self.mostPages) {
      return "its trace has impossible counts"
    }
    return nil
  }

  private static func isTime(_ seconds: Double) -> Bool { 0...longestTime ~= seconds }

  /// Every line of the console that the record names.
  private var consoleLines: [Int] {
    let evidence =
      checks.flatMap(\.source) + tests.flatMap(\.source) + observed.cmaMessages
      + observed.unknownMessages + observed.absences + observed.complaints.map(\.source)
      + regions.flatMap { $0.source + $0.words.map(\.source) }
    return evidence.map(\.line)
      + [ending.consoleLine, ending.firstFault?.consoleLine].compactMap(\.self)
      + (trace?.steps.map(\.line) ?? [])
  }
}

extension LatencySummary {
  /// One hour in nanoseconds: no sample of a bounded run is longer, whatever a guest says.
  package static let longest: UInt64 = 3_600_000_000_000
  /// Samples of a series; an honest one has some thousands.
  private static let mostSamples: UInt64 = 1 << 40

  fileprivate var isSound: Bool {
    let percentiles = [p50, p90, p99, p999, max]
    let values = percentiles + buckets.map(\.value)
    return count <= Self.mostSamples && buckets.allSatisfy { $0.count <= Self.mostSamples }
      // A histogram's highest bucket ends above the highest value that it tracks.
      && values.allSatisfy { $0 <= 2 * Self.longest } && percentiles == percentiles.sorted()
  }
}

extension MemoryTrace {
  fileprivate func isWithin(pages most: UInt64) -> Bool {
    steps.allSatisfy { 0...(1 << 52) ~= $0.count && $0.seconds?.isFinite != false }
      && areas.allSatisfy {
        $0.basePFN <= most && $0.count <= most && $0.orderPerBit ?? 0 <= 52
          && $0.usedPages ?? 0 <= most
      }
  }
}
