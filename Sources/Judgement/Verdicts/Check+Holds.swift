// SPDX-License-Identifier: Apache-2.0

// What was asked for, held against what was observed: checks, each with its evidence, and the one
// verdict of a run. A failed check is a value, never an error, and a run that proves nothing is
// inconclusive.

import Observations
import Records

extension Check {
  init(_ id: ID, _ holds: Bool, expected: String, observed: String, _ source: [Evidence]) {
    self.init(
      id: id, verdict: holds ? .pass : .fail, expected: expected, observed: observed,
      source: source)
  }
  /// A check of what was booted. A deviation means that it was another machine, or another kernel,
  /// so it refutes nothing.
  ///
  /// - Parameter holds: nil where the guest does not say.
  static func premise(
    _ id: ID, _ holds: Bool?, expected: String, observed: String, _ source: [Evidence]
  ) -> Check {
    Check(
      id: id, verdict: holds == true ? .pass : .inconclusive, expected: expected,
      observed: observed, source: source)
  }
}
