// SPDX-License-Identifier: Apache-2.0

extension Double {
  /// With as many digits behind the point; `?` for what no clock shows.
  package func fixed(_ digits: Int) -> String {
    guard isFinite, abs(self) < 1e12 else { return "?" }
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((self * Double(scale)).rounded())
    let fraction = String(scaled.magnitude % scale.magnitude)
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / scale.magnitude)."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  var twoDigits: String { fixed(2) }
}
