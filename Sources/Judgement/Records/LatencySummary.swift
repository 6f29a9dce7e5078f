// SPDX-License-Identifier: Apache-2.0

package import Observations

/// The distribution of a series of samples, from an HDR histogram of three significant digits: every
/// value is true to 0.1 %.
package struct LatencySummary: Hashable, Sendable, Codable {
  /// A value and how many samples had it.
  package struct Bucket: Hashable, Sendable, Codable {
    package let value: UInt64
    package let count: UInt64

    package init(
      value: UInt64, count: UInt64
    ) {
      self.value = value
      self.count = count
    }
  }

  /// What was measured: `empty.64k`.
  package let name: String
  package let unit: TestReport.Unit
  package let count: UInt64
  package let p50: UInt64
  package let p90: UInt64
  package let p99: UInt64
  package let p999: UInt64
  package let max: UInt64
  /// The values that were recorded, in rising order.
  package let buckets: [Bucket]

  package init(
    name: String, unit: TestReport.Unit, count: UInt64, p50: UInt64, p90: UInt64, p99: UInt64,
    p999: UInt64, max: UInt64, buckets: [Bucket]
  ) {
    self.name = name
    self.unit = unit
    self.count = count
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.buckets = buckets
  }
}
