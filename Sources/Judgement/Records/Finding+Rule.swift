// SPDX-License-Identifier: Apache-2.0

package import KernelConsole

extension Finding {
  /// What a rule is called in reports and by scripts: stable.
  ///
  /// A rule of lint's own has the name that its file gives it; of what a kernel says, it is the
  /// complaint's. So a report that a later release wrote, with rules that are not known here, can be read.
  package struct Rule: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// A rule of lint's own.
    package init(_ name: String) {
      self.init(rawValue: name)
    }

    /// A complaint of the kernel's.
    package static func said(_ complaint: KernelComplaint.ID) -> Rule {
      Rule(rawValue: complaint.rawValue)
    }
  }
}

extension Finding.Rule: CustomStringConvertible {
  package var description: String { rawValue }
}
