// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// A memory node that no kernel takes for one.
struct MemoryTypeRule: LintRule {
  static let name = Finding.Rule("memory-type")

  private let description = LintRuleDescription(
    Self.name, .error, "the node has no device_type = \"memory\"",
    consequence: "none of its RAM is taken, unless the boot loader writes the type",
    origin: "drivers/of/fdt.c, early_init_dt_scan_memory",
    remedy: "write device_type = \"memory\"; with an underscore")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    let tree = subject.tree
    // What is assumed of RAM is in no node.
    let known = subject.ground == .assumedMemory ? [] : subject.modelled.banks
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
      let claimed = try subject.memoryRegister(of: node)?.banks ?? []
      // Of an empty one nothing is lost: the boot loader writes it, or it stays empty.
      guard !claimed.isEmpty else { continue }
      let isElsewhere = claimed.allSatisfy { $0.subtracting(known).isEmpty }
      let isMisspelt = properties.contains("device-type")
      found.append(
        description.finding(
          at: .node(path: node.text, property: isMisspelt ? "device-type" : "device_type"),
          problem: isMisspelt ? "device-type is written with a hyphen" : nil,
          consequence: isElsewhere
            ? "the kernel ignores the node: how much RAM there is, another one says" : nil,
          severity: isElsewhere ? .warning : nil))
    }
    return found
  }
}
