// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// RAM that a layout claims and the board does not have: a rule of boards, of which trees say nothing.
enum InventedRAMRule {
  static let description = LintRuleDescription(
    Finding.Rule("invented-ram"), .warning, "the layout claims RAM that the board does not have",
    consequence: "the guest boots, and the board would not",
    origin: "the board file's physical-ram", remedy: "keep the banks inside physical-ram")

  /// - Parameters:
  ///   - place: the board file's key, or the option.
  ///   - kernels: those that are asked for.
  static func finding(
    _ range: PhysicalRange, at place: Finding.Place, kernels: [String]
  ) -> Finding {
    var finding = description.finding(at: place, problem: "the board has no RAM at \(range)")
    finding.kernels = kernels
    return finding
  }
}
