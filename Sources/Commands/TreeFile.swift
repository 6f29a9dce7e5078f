// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import FlattenedTree
import HostFiles
import SystemPackage

/// A device tree that a user names: source, or a blob.
enum TreeFile {
  /// Reads a tree; what dtc warns of goes to standard error.
  ///
  /// - Throws: `DTCError`, `HostFileError`, `FDTError`.
  static func read(_ path: FilePath) async throws -> FlattenedTree {
    guard path.extension == "dts" else {
      return try FlattenedTree(
        validating: try HostFile.read(path, limit: FlattenedTree.maximumByteCount))
    }
    let compiled = try await DTC().blob(of: path)
    if !compiled.warnings.isEmpty { StandardError.say(compiled.warnings) }
    return try FlattenedTree(validating: compiled.blob)
  }
}
