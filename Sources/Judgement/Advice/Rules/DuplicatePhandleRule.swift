// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// Nodes that cannot be told apart by who refers to them.
struct DuplicatePhandleRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("duplicate-phandle"), .error, "two nodes have one phandle",
    consequence: "whoever refers to the second gets the first: of memory-region, another region",
    origin: "drivers/of/base.c, of_find_node_by_phandle",
    remedy: "drop the phandles that were written by hand, and let dtc number the nodes")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    var owners: [[UInt8]: NodePath] = [:]
    var found: [Finding] = []
    for (node, phandle) in try subject.tree.values(of: "phandle")
    where !node.text.contains("/__overlay__") {
      guard let owner = owners.updateValue(node, forKey: phandle) else { continue }
      found.append(
        description.finding(
          at: .node(path: node.text, property: "phandle"),
          problem: "its phandle is that of \(owner) too"))
    }
    return found
  }
}
