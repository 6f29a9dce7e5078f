// SPDX-License-Identifier: Apache-2.0

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
  package let id: ID
  package let verdict: Verdict
  /// In words, for people.
  package let expected: String
  package let observed: String
  /// The guest's own lines; empty where nothing was said.
  package let source: [Evidence]

  package init(
    id: ID, verdict: Verdict, expected: String, observed: String, source: [Evidence]
  ) {
    self.id = id
    self.verdict = verdict
    self.expected = expected
    self.observed = observed
    self.source = source
  }
}
