// SPDX-License-Identifier: Apache-2.0

/// Something about a device tree or a board that will not do what it was written for.
package struct Finding: Hashable, Sendable, Codable {
  package enum Severity: String, Hashable, Sendable, Codable, Comparable {
    /// What was asked for will not be there, or the guest will not live.
    case error
    /// It will be there, but not as it reads.
    case warning
    /// Worth knowing.
    case note

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  package let rule: Rule
  package var severity: Severity
  package var place: Place
  /// What is wrong, with its figures.
  package let problem: String
  /// What the kernel does about it.
  package let consequence: String
  /// The kernel's words; nil where it says nothing.
  package var message: String?
  /// The kernel file and function that does it.
  package let origin: String
  package let remedy: String
  /// On which of the kernels that were asked for, as in `6.1, 4K pages`.
  package var kernels: [String]
  /// On which layouts of a board; nil for a device tree.
  package var layouts: [String]?

  package init(
    rule: Rule, severity: Severity, place: Place, problem: String, consequence: String,
    message: String?, origin: String, remedy: String, kernels: [String] = []
  ) {
    self.rule = rule
    self.severity = severity
    self.place = place
    self.problem = problem
    self.consequence = consequence
    self.message = message
    self.origin = origin
    self.remedy = remedy
    self.kernels = kernels
  }
}
