// SPDX-License-Identifier: Apache-2.0

import Histogram
import Observations
import Records

extension LatencySummary {
  /// Nil for a series without samples.
  init?(_ series: TestReport.Series) {
    var histogram = Histogram<UInt64>(
      highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .three)
    for value in series.values { _ = histogram.record(min(value, Self.longest)) }
    guard histogram.totalCount > 0 else { return nil }
    self.init(
      name: series.name, unit: series.unit, count: histogram.totalCount,
      p50: histogram.valueAtPercentile(50), p90: histogram.valueAtPercentile(90),
      p99: histogram.valueAtPercentile(99), p999: histogram.valueAtPercentile(99.9),
      max: histogram.max,
      buckets: histogram.recordedValues().map { Bucket(value: $0.value, count: $0.count) })
  }
}
