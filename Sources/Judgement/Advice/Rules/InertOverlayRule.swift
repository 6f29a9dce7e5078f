// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// The body of an overlay in a tree that is not one: a fragment that nobody applies.
struct InertOverlayRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("inert-overlay"), .warning,
    "a node has an __overlay__, and the tree is not an overlay",
    consequence: "no kernel reads it: nothing in it is reserved",
    origin:
      "scripts/dtc/libfdt/fdt_overlay.c, fdt_overlay_apply: a boot loader applies overlays alone",
    remedy: "begin the file with /dts-v1/; /plugin/; or write its nodes where they belong, below "
      + "/reserved-memory")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    subject.survey.overlays.map { description.finding(at: .node(path: $0.text)) }
  }
}
