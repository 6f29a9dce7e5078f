// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import HostFiles
import HostProcesses
package import SystemPackage

/// A user's own device-tree source, merged over a finished tree: what dtc makes of a file that
/// includes the tree first and the user's source after it.
///
/// So it adds nodes and properties, replaces values, and deletes (`/delete-node/`,
/// `/delete-property/`). It refers to what the tree has by path, as in `&{/reserved-memory}`, and
/// by label only to its own nodes: a compiled tree has no labels.
package struct DeviceTreeFragment: Sendable {
  package let file: FilePath

  package init(file: FilePath) {
    self.file = file
  }

  /// The tree with the fragment in it, and dtc's warnings on the fragment.
  ///
  /// - Throws: `DTCError` with dtc's words, the user's file and its lines in them.
  package func merged(over blob: [UInt8]) async throws -> DTC.Compiled {
    let text = String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
    guard !text.contains("/plugin/") else {
      throw DeviceTreeError.request(
        field: "\(file)",
        reason: "it is an overlay (/plugin/): write it as a fragment, with paths in place of labels"
      )
    }
    let base = try await DTC().source(of: blob)
    // Both may say which version they are written in, and dtc takes it only once and first.
    let version = "/dts-v1/;"
    let merged =
      base + "\n/* \(file) */\n#line 1 \"\(file)\"\n" + text.replacing(version, with: "")
    let compiled = try await DTC().blob(
      ofSource: merged, including: file.removingLastComponent())
    return DTC.Compiled(
      blob: compiled.blob,
      warnings: compiled.warnings.split(separator: "\n")
        .filter { $0.hasPrefix(file.string) }.joined(separator: "\n"))
  }
}
