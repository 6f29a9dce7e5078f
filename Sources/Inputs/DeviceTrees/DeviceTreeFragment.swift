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
  /// - Throws: `DTCError` with dtc's words, the user's file and its lines in them; `FDTError` for an
  ///   overlay whose targets are not there; `DeviceTreeSourceError` for what cannot be merged.
  package func merged(over blob: [UInt8]) async throws -> DTC.Compiled {
    let text = String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
    switch SourceForm(of: text) {
    case .overlay: return try await applied(text, to: blob)
    case .piece, .binary:
      throw DeviceTreeSourceError(file: file, form: SourceForm(of: text))
    case .tree, .fragment: break
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

  /// The tree with an overlay applied, as a boot loader does it.
  ///
  /// What dtc warns of is left out: an overlay has not the cell counts of its targets.
  private func applied(_ text: String, to blob: [UInt8]) async throws -> DTC.Compiled {
    let compiled = try await DTC().blob(
      ofSource: text, of: file, including: file.removingLastComponent())
    let overlay = try FlattenedTree(validating: compiled.blob)
    var tree = try FlattenedTree(validating: blob)
    try tree.addReservedMemory(targetedBy: overlay)
    try tree.apply(overlay)
    return DTC.Compiled(
      blob: tree.blob,
      warnings: "\(file) is applied as by a boot loader: a running kernel that applies it reserves "
        + "nothing")
  }
}

extension FlattenedTree {
  /// Gives an overlay the /reserved-memory that it is for: a board's own tree has one, and ours only
  /// with something in it.
  fileprivate mutating func addReservedMemory(targetedBy overlay: FlattenedTree) throws {
    let parent: NodePath = "/reserved-memory"
    let targets = try overlay.children(of: .root).compactMap {
      try overlay.string("target-path", of: NodePath.root.child($0))
    }
    guard targets.contains(parent.text), try !hasNode(parent) else { return }
    try addNode("reserved-memory", under: .root)
    try set("ranges", of: parent, to: .flag)
    for property in ["#size-cells", "#address-cells"] {
      try set(property, of: parent, to: .cells([try cell(property, of: .root) ?? 1]))
    }
  }
}
