// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A region that the kernel refuses, over memory that is reserved for something else as well: what is
/// refused is freed, whoever reserved it.
struct GivenAwayReservationRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("given-away-reservation"), .error,
    "a region that is refused has memory in it that is reserved for something else, too",
    consequence: "all of the region's range is freed: what else is there is overwritten",
    origin: "drivers/of/of_reserved_mem.c, fdt_init_reserved_mem_node (before 6.18: "
      + "fdt_init_reserved_mem)",
    remedy: "mend what the region is refused for, and move it away from what else is there")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let prediction = subject.prediction, prediction.hazards.contains(.othersGivenAway)
    else { return [] }
    return subject.fixedRegions.compactMap { node, range in
      guard case .refused = prediction.regions.first(where: { $0.name == node.name })?.outcome
      else { return nil }
      let others = subject.reservedElsewhere(than: node.name).filter { $0.range.overlaps(range) }
      guard !others.isEmpty else { return nil }
      let names = others.map { "\($0.name) at \($0.range)" }.joined(separator: ", ")
      return description.finding(
        at: subject.place(node.name, "reg"), problem: "\(range) is refused, and has \(names)")
    }
  }
}
