// SPDX-License-Identifier: Apache-2.0
import Histogram
import Observations

/// The distribution of a series of samples, from an HDR histogram of three significant digits: every
/// value is true to 0.1 %.
package struct LatencySummary: Hashable, Sendable, Codable {
  /// A value and how many samples had it.
  package struct Bucket: Hashable, Sendable, Codable {
    package let value: UInt64
    package let count: UInt64
  }

  /// What was measured: `empty.64k`.
  package let name: String
  /// `ns` of guest time, which is emulated time.
  package let unit: String
  package let count: UInt64
  package let p50: UInt64
  package let p90: UInt64
  package let p99: UInt64
  package let p999: UInt64
  package let max: UInt64
  /// The values that were recorded, in rising order.
  package let buckets: [Bucket]

  /// One hour in nanoseconds: no sample of a bounded run is longer, whatever a guest says.
  private static let highest: UInt64 = 3_600_000_000_000

  /// Nil for a series without samples.
  init?(_ series: TestReport.Series) {
    var histogram = Histogram<UInt64>(
      highestTrackableValue: Self.highest, numberOfSignificantValueDigits: .three)
    for value in series.values { _ = histogram.record(min(value, Self.highest)) }
    guard histogram.totalCount > 0 else { return nil }
    name = series.name
    unit = series.unit
    count = histogram.totalCount
    p50 = histogram.valueAtPercentile(50)
    p90 = histogram.valueAtPercentile(90)
    p99 = histogram.valueAtPercentile(99)
    p999 = histogram.valueAtPercentile(99.9)
    max = histogram.max
    buckets = histogram.recordedValues().map { Bucket(value: $0.value, count: $0.count) }
  }
}
