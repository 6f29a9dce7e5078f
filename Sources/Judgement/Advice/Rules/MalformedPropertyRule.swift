// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import KernelConsole
import Predictions
import Records

/// Properties of the wrong length, of which 7.x does not complain.
struct MalformedPropertyRule: LintRule {
  var descriptions: [LintRuleDescription] {
    [KernelComplaint.ID.regLength, .allocRangesLength].compactMap(KernelComplaintRules.description)
  }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.nodes.compactMap { node in
      switch node.placement {
      case .malformedFixed:
        finding(
          .regLength, at: subject.place(node.name, "reg"),
          consequence: "the node is skipped; 7.x does so silently")
      case .malformedRanges:
        finding(
          .allocRangesLength, at: subject.place(node.name, "alloc-ranges"),
          consequence: "the node is skipped; 7.x silently looks for a place anywhere")
      case .fixed, .dynamic, .malformedSize, .malformedAlignment, .nowhere: nil
      }
    }
  }

  private func finding(
    _ id: KernelComplaint.ID, at place: Finding.Place, consequence: String
  ) -> Finding? {
    KernelComplaintRules.description(id)?.finding(at: place, consequence: consequence)
  }
}
