// SPDX-License-Identifier: Apache-2.0

// What was asked for, held against what was observed: checks, each with its evidence, and the one
// verdict of a run. A failed check is a value, never an error, and a run that proves nothing is
// inconclusive.

package import Observations

/// What a run, or a check of it, comes to.
package enum Verdict: String, Hashable, Sendable, Codable {
  /// Proved.
  case pass
  /// Refuted.
  case fail
  /// Neither: the evidence is missing, cut or contradicts the machine that was asked for.
  case inconclusive
}

/// One thing that was checked.
package struct Check: Hashable, Sendable, Codable {
  /// Stable, for scripts: `cma.total`.
  package let id: String
  package let verdict: Verdict
  /// In words, for people.
  package let expected: String
  package let observed: String
  /// The guest's own lines; empty where nothing was said.
  package let source: [Evidence]

  package init(
    id: String, verdict: Verdict, expected: String, observed: String, source: [Evidence]
  ) {
    self.id = id
    self.verdict = verdict
    self.expected = expected
    self.observed = observed
    self.source = source
  }

  init(_ id: String, _ holds: Bool, expected: String, observed: String, _ source: [Evidence]) {
    self.init(
      id: id, verdict: holds ? .pass : .fail, expected: expected, observed: observed,
      source: source)
  }
}
