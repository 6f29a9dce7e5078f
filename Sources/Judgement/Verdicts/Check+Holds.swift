// SPDX-License-Identifier: Apache-2.0

// What was asked for, held against what was observed: checks, each with its evidence, and the one
// verdict of a run. A failed check is a value, never an error, and a run that proves nothing is
// inconclusive.

import Observations
import Records

extension Check {
  init(_ id: String, _ holds: Bool, expected: String, observed: String, _ source: [Evidence]) {
    self.init(
      id: id, verdict: holds ? .pass : .fail, expected: expected, observed: observed,
      source: source)
  }
}
