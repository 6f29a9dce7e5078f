// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A guest with the layout of a log's board, and its kernel's words beside the log's.
package struct ReproducedBoot: Hashable, Sendable, Codable {
  /// What the log says of one thing, and what the guest says of it.
  package struct Statement: Hashable, Sendable, Codable {
    /// `RAM`, `zones`, `cma-reserved`.
    package let what: String
    /// Whether both say the same.
    package let agrees: Bool
    package let logLines: [ExplainedBoot.Source]
    package let guestLines: [ExplainedBoot.Source]

    package init(
      what: String, agrees: Bool, logLines: [ExplainedBoot.Source],
      guestLines: [ExplainedBoot.Source]
    ) {
      self.what = what
      self.agrees = agrees
      self.logLines = logLines
      self.guestLines = guestLines
    }
  }

  /// A pool that the log tells of, or the guest alone.
  package struct Pool: Hashable, Sendable, Codable {
    /// The node's; nil for the default pool.
    package let name: String?
    /// Whether base, size and outcome are the log's, as far as it tells them.
    package let agrees: Bool
    /// Where it lies in the guest; nil where it is not there, or not told.
    package let guest: PhysicalRange?
    package let logLines: [ExplainedBoot.Source]
    package let guestLines: [ExplainedBoot.Source]

    package init(
      name: String?, agrees: Bool, guest: PhysicalRange?, logLines: [ExplainedBoot.Source],
      guestLines: [ExplainedBoot.Source]
    ) {
      self.name = name
      self.agrees = agrees
      self.guest = guest
      self.logLines = logLines
      self.guestLines = guestLines
    }
  }

  /// The guest's kernel beside the log's.
  package struct Kernel: Hashable, Sendable, Codable {
    /// Of the log; nil where it does not say.
    package let logged: String?
    /// Of the guest: of the line that there is a kernel of whose rules differ least.
    package let booted: String
    /// The rules of early memory that the two do not have in common (`cmalab kernels rules`); nil where
    /// those of the log's kernel are not known.
    package let differing: [String]?

    package init(logged: String?, booted: String, differing: [String]?) {
      self.logged = logged
      self.booted = booted
      self.differing = differing
    }
  }

  package let kernel: Kernel
  /// The command that starts it again.
  package let boot: String
  package let verdict: Verdict
  package let reason: String
  /// The run's folder.
  package let folder: String
  package let statements: [Statement]
  /// In the log's order, then those of the guest alone.
  package let pools: [Pool]

  package init(
    kernel: Kernel, boot: String, verdict: Verdict, reason: String, folder: String,
    statements: [Statement], pools: [Pool]
  ) {
    self.kernel = kernel
    self.boot = boot
    self.verdict = verdict
    self.reason = reason
    self.folder = folder
    self.statements = statements
    self.pools = pools
  }
}
