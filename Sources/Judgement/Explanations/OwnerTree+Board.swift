// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
package import Quantities

// What a device tree says of a board besides its memory.
extension OwnerTree {
  /// The root's `model`.
  package var model: String? { try? tree?.string("model", of: "/") }

  /// From the cores that /cpus names; nil where none of them tells.
  package var architecture: Architecture? {
    guard let tree, let cpus = try? tree.children(of: "/cpus") else { return nil }
    let cores = cpus.flatMap { name in
      (try? tree.strings("compatible", of: NodePath("/cpus").child(name))) ?? []
    }
    if cores.contains(where: Self.isARMv8) { return .arm64 }
    return cores.contains { $0.hasPrefix("arm,cortex-a") } ? .arm : nil
  }

  /// ARMv8-A cores; those before them have one digit, or are among the first two-digit ones
  /// (Documentation/devicetree/bindings/arm/cpus.yaml).
  private static func isARMv8(_ core: String) -> Bool {
    if core == "arm,armv8" || core.hasPrefix("arm,neoverse") || core.hasPrefix("nvidia,tegra") {
      return true
    }
    guard core.hasPrefix("arm,cortex-a"),
      let number = Int(core.dropFirst("arm,cortex-a".count).prefix(while: \.isNumber))
    else { return false }
    return number == 34 || number == 35 || number >= 50
  }

  package var cpuCount: Int { memory.tree.cpuCount }

  /// Whether a bus has `dma-ranges`.
  package var hasDMALimit: Bool { memory.dmaLimit != nil }

  /// `bootargs` of /chosen.
  package var commandLine: String { memory.commandLine }

  /// Its memory nodes' banks, adjacent ones joined; nil without any.
  package var banks: [PhysicalRange]? { memory.banks.joined }

  private var tree: FlattenedTree? { try? FlattenedTree(validating: blob) }
}
