// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities

/// What `cmalab suggest` found, as scripts read it.
package struct Suggestion: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.suggestion.identifier

  package enum Outcome: String, Hashable, Sendable, Codable {
    /// Nothing has to change.
    case fits
    /// ``Suggestion/remedy`` makes it fit.
    case remedy
    /// None of the changes that were tried does.
    case none
  }

  /// A kind of change that does not help.
  package struct Tried: Hashable, Sendable, Codable {
    package let kind: Remedy.Kind
    package let finding: String

    package init(kind: Remedy.Kind, finding: String) {
      self.kind = kind
      self.finding = finding
    }
  }

  /// What a real guest made of it.
  package struct Verification: Hashable, Sendable, Codable {
    package let verdict: Verdict
    package let reason: String
    /// The run's folder.
    package let folder: String

    package init(verdict: Verdict, reason: String, folder: String) {
      self.verdict = verdict
      self.reason = reason
      self.folder = folder
    }
  }

  package let schema: String
  package let board: String
  package let layout: String
  package let kernel: String
  package let cma: PoolRequest
  package let outcome: Outcome
  /// What becomes of the pool as things are, in words; of one that fits, what it costs.
  package let standing: [String]
  /// Where it lies; nil where there is none.
  package let pool: PhysicalRange?
  /// The largest that is safe as things are: in the range that is asked for, where there is one.
  package let largestBytes: ByteCount
  /// The largest that is safe with any change that was tried.
  package let largestOfTriedBytes: ByteCount
  /// What was tried before the remedy, or at all, in order.
  package let tried: [Tried]
  package let remedy: Remedy?
  /// The command that shows it on a guest: the remedy, or what fits as it is.
  package let boot: String?
  package let assumptions: [String]
  /// The regions of /reserved-memory that do not become what they ask for; nil where all do, and in
  /// suggestions of earlier releases.
  package let regions: [RegionAdvice]?
  package var verification: Verification?

  package init(
    board: String, layout: String, kernel: String, cma: PoolRequest, outcome: Outcome,
    standing: [String], pool: PhysicalRange?, largestBytes: ByteCount,
    largestOfTriedBytes: ByteCount, tried: [Tried],
    remedy: Remedy?, boot: String?, assumptions: [String], regions: [RegionAdvice]? = nil,
    verification: Verification? = nil
  ) {
    schema = Self.currentSchema
    self.board = board
    self.layout = layout
    self.kernel = kernel
    self.cma = cma
    self.outcome = outcome
    self.standing = standing
    self.pool = pool
    self.largestBytes = largestBytes
    self.largestOfTriedBytes = largestOfTriedBytes
    self.tried = tried
    self.remedy = remedy
    self.boot = boot
    self.assumptions = assumptions
    self.regions = regions
    self.verification = verification
  }
}

extension Suggestion {
  /// Whether something is asked for that does not become so, and nothing was found that helps.
  package var isWithoutRemedy: Bool {
    outcome == .none || (regions ?? []).contains { $0.remedies.isEmpty }
  }
}
