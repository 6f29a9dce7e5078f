// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import FlattenedTree
import HostFiles
import SystemPackage

/// A device tree that a user names: source, or a blob.
enum TreeFile {
  /// Reads a tree; what dtc warns of goes to standard error.
  ///
  /// - Parameter folders: where a source may include files from, beside its own.
  /// - Throws: `DTCError`, `HostFileError`, `FDTError`, `DeviceTreeSourceError`, `PreprocessorError`.
  static func read(
    _ path: FilePath, searching folders: [FilePath] = []
  ) async throws -> FlattenedTree {
    guard path.isDeviceTreeSource else {
      let tree = try FlattenedTree(
        validating: try HostFile.read(path, limit: FlattenedTree.maximumByteCount))
      guard try !tree.isOverlay else { throw DeviceTreeSourceError(overlay: path) }
      return tree
    }
    let compiled = try await DTC().blob(of: path, searching: folders)
    if !compiled.warnings.isEmpty { StandardError.say(compiled.warnings) }
    return try FlattenedTree(validating: compiled.blob)
  }
}
