// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import FlattenedTree
import Predictions
package import Quantities

// What a device tree says of a board besides its memory.
extension OwnerTree {
  /// The root's `model`.
  package var model: String? { try? tree?.string("model", of: "/") }

  /// From the cores that /cpus names; nil where none of them tells.
  package var architecture: Architecture? {
    tree.flatMap { try? Architecture(of: $0) }
  }

  package var cpuCount: Int { memory.tree.cpuCount }

  /// Whether a bus has `dma-ranges`.
  package var hasDMALimit: Bool { memory.dmaLimit != nil }

  /// Whether a node of /reserved-memory asks for the default pool.
  package var hasDefaultNode: Bool {
    memory.reservedMemory?.nodes.contains(where: \.isDefault) ?? false
  }

  /// `bootargs` of /chosen.
  package var commandLine: String { memory.commandLine }

  /// Its memory nodes' banks, what touches or overlaps made one; nil without any.
  package var banks: [PhysicalRange]? {
    memory.banks.isEmpty ? nil : memory.banks.merged()
  }

  private var tree: FlattenedTree? { try? FlattenedTree(validating: blob) }
}
