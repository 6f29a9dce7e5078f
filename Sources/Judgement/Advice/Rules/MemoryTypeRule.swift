// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Records

/// A memory node that no kernel takes for one.
struct MemoryTypeRule: LintRule {
  static let name = Finding.Rule("memory-type")

  private let description = LintRuleDescription(
    Self.name, .error, "the node has no device_type = \"memory\"",
    consequence: "none of its RAM is taken",
    origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
    remedy: "write device_type = \"memory\"; with an underscore")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let tree = subject.tree
    var found: [Finding] = []
    for name in try tree.children(of: .root) where name == "memory" || name.hasPrefix("memory@") {
      let node = NodePath.root.child(name)
      let properties = try tree.properties(of: node)
      // What has a driver is not RAM, whatever its name.
      guard !properties.contains("compatible"), !properties.contains("no-map"),
        properties.contains("reg") || properties.contains("linux,usable-memory")
      else { continue }
      let type = try tree.bytes("device_type", of: node)
      guard type.map({ $0.prefix { $0 != 0 } })?.elementsEqual("memory".utf8) != true else {
        continue
      }
      let isMisspelt = properties.contains("device-type")
      found.append(
        description.finding(
          at: .node(path: node.text, property: isMisspelt ? "device-type" : "device_type"),
          problem: isMisspelt ? "device-type is written with a hyphen" : nil))
    }
    return found
  }
}
