// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

extension RegionLedger.Entry {
  /// The node became what it was to become, of its size, in a place where it may lie, and shares no
  /// byte with another one.
  ///
  /// - Parameter gap: why the log's silence means nothing; then nothing is proved by it.
  func check(expectsBypass: Bool, gap: String?) -> Check {
    let expected = expectation(expectsBypass: expectsBypass)
    let holds = isExpected(expectsBypass: expectsBypass) && contradictions.isEmpty
    let said = complaints.map(\.evidence)
    let observed = ([outcome.summary] + contradictions).joined(separator: ", ")
    guard let gap, holds || fate.kind == .unseen else {
      return Check(
        .region(region.node), holds, expected: expected, observed: observed,
        fate.source + said)
    }
    return Check(
      id: .region(region.node), verdict: .inconclusive, expected: expected,
      observed: "\(observed), but \(gap)", source: fate.source + said)
  }

  private func expectation(expectsBypass: Bool) -> String {
    if expectsBypass { return "bypassed, as cma= overrides linux,cma-default" }
    let kind = region.isPool ? "a pool" : region.isNoMap ? "a carve-out" : "a reserved region"
    let size = region.bytes == .zero ? "" : " of \(region.bytes)"
    return "\(kind)\(size)" + (region.base.map { " at \($0)" } ?? "")
  }

  private func isExpected(expectsBypass: Bool) -> Bool {
    if expectsBypass { return fate.kind == .bypassed }
    if let range = fate.range, range.size != region.bytes { return false }
    if region.isPool { return fate.kind == .pool }
    return region.isNoMap
      ? fate.kind == .carveOut || fate.kind == .outside : fate.kind == .reserved
  }
}
