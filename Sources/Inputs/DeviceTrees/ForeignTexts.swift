// SPDX-License-Identifier: Apache-2.0

import FlattenedTree

/// Texts of a device tree that a kernel prints into its log.
package enum ForeignTexts {
  /// The model, what stands for one, and the names of regions.
  ///
  /// - Throws: `FDTError` for what is not a device tree.
  package static func all(in blob: [UInt8]) throws -> [String] {
    let tree = try FlattenedTree(validating: blob)
    let reservedMemory: NodePath = "/reserved-memory"
    let names =
      try tree.hasNode(reservedMemory) ? tree.children(of: reservedMemory) : []
    return try ["model", "compatible"].flatMap { property in
      // Whatever the bytes are, the kernel prints them up to a zero.
      (try tree.bytes(property, of: .root) ?? []).split(separator: 0).map {
        String(decoding: $0, as: UTF8.self)
      }
    } + names
  }
}
