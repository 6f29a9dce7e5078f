// SPDX-License-Identifier: Apache-2.0

import Observations
import Records

/// A test of a run: its figures, and the distributions of what it timed.
struct TestDrawing: TemplateScope {
  struct Figures: TemplateScope {
    let rows: [CellPage.Pair]
  }
  struct Tick: TemplateScope {
    let x: Int
    let text: String
  }
  struct Row: TemplateScope {
    let name: String
    let title: String
    let grid: String
    let bars: String
    let median: String
    let tail: String
    let count: String
    let p50: String
    let p90: String
    let p99: String
    let p999: String
    let max: String
  }
  struct Latencies: TemplateScope {
    let ticks: [Tick]
    let rows: [Row]
  }

  let name: String
  let kind: String
  let mark: String
  let word: String
  let reason: String
  let figures: Figures?
  let latencies: Latencies?

  init(_ test: RunRecord.TestRecord) {
    name = test.name
    let outcome = test.verdict.outcome
    kind = outcome.kind
    mark = outcome.mark
    word = outcome.word
    reason = test.reason
    figures =
      test.figures.isEmpty
      ? nil
      : Figures(
        rows: test.figures.map { CellPage.Pair(name: $0.key, value: $0.words) })
    latencies = test.latencies.isEmpty ? nil : Self.latencies(test.latencies)
  }

  private static func latencies(_ series: [LatencySummary]) -> Latencies {
    let values = series.flatMap { $0.buckets.map(\.value) }
    let axis = LogarithmicAxis(values.min() ?? 1, values.max() ?? 1)
    return Latencies(
      ticks: axis.decades.map {
        Tick(x: axis.x(of: $0), text: TestReport.Figure.words(of: $0, in: series[0].unit).short)
      },
      rows: series.map { row($0, axis) })
  }

  private static func row(_ series: LatencySummary, _ axis: LogarithmicAxis) -> Row {
    func words(_ value: UInt64) -> String { TestReport.Figure.words(of: value, in: series.unit) }
    let grid = axis.decades.map { "M\(axis.x(of: $0)) 0v36" }.joined()
    return Row(
      name: series.name,
      title: "\(series.name): median \(words(series.p50)), p99 \(words(series.p99))",
      grid: grid, bars: bars(series, axis), median: "M\(axis.x(of: series.p50)) 0v36",
      tail: "M\(axis.x(of: series.p99)) 0v36", count: "\(series.count)",
      p50: words(series.p50), p90: words(series.p90), p99: words(series.p99),
      p999: words(series.p999), max: words(series.max))
  }

  /// Bars of four pixels, the highest as high as the row.
  private static func bars(_ series: LatencySummary, _ axis: LogarithmicAxis) -> String {
    let binWidth = 4
    var bins: [Int: Double] = [:]
    for bucket in series.buckets {
      bins[axis.x(of: bucket.value) / binWidth, default: 0] += Double(bucket.count)
    }
    let highest = bins.values.max() ?? 1
    return bins.sorted { $0.key < $1.key }.map { bin, count in
      let height = max(1, Int((count / highest * 34).rounded()))
      return "M\(bin * binWidth) 36v-\(height)h3v\(height)z"
    }.joined()
  }
}

/// Values on 260 pixels, every decade as wide as the next.
private struct LogarithmicAxis {
  private static let width = 260
  private let low: Double
  private let high: Double
  /// Powers of ten between the ends, where labels have room.
  let decades: [UInt64]

  init(_ smallest: UInt64, _ largest: UInt64) {
    let ends = (Self.logarithm(smallest), Self.logarithm(largest))
    low = ends.0
    high = max(ends.1, ends.0 + 0.1)
    var decades: [UInt64] = []
    var power: UInt64 = 1
    while power <= largest, power < 1_000_000_000_000_000 {
      if power >= smallest { decades.append(power) }
      power *= 10
    }
    self.decades = decades
  }

  func x(of value: UInt64) -> Int {
    let share = (Self.logarithm(value) - low) / (high - low)
    return min(Self.width, max(0, Int((share * Double(Self.width - 4)).rounded())))
  }

  /// To the base of two: the exponent, and the significand taken as straight between powers. It is
  /// off by less than 0.09, a pixel.
  private static func logarithm(_ value: UInt64) -> Double {
    let number = Double(Swift.max(1, value))
    return Double(number.exponent) + (number.significand - 1)
  }
}

extension String {
  /// `100.000 us` as `100 us`.
  fileprivate var short: String {
    let parts = split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let number = parts[0].split(separator: ".").first else { return self }
    return "\(number) \(parts[1])"
  }
}
