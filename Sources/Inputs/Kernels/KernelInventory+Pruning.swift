// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import Quantities
import SystemPackage

/// Entries of the cache that can go, all for the same reason.
package struct PrunableEntries: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// Kernels that no line would build any more.
    case outdatedKernels
    /// Kernels that differ from another one in the default pool that Kconfig sets, and nothing else.
    case siblings
    /// Unpacked sources that no kernel is built from.
    case sources
    /// Downloads that no line is built from.
    case archives
    /// Builds that were interrupted, and would be gone on with.
    case interruptedBuilds
    /// What is in use still.
    case kernelsInUse, sourcesInUse, archivesInUse
  }

  package let reason: Reason
  package let size: ByteCount
  fileprivate let kind: String
  fileprivate let names: [String]

  package var count: Int { names.count }
}

extension KernelInventory {
  /// What of the cache can go, reason by reason, largest gain first; no reason without an entry.
  ///
  /// - Parameter all: what is in use goes, too.
  /// - Throws: as ``kernels()``.
  package func prunable(all: Bool) async throws -> [PrunableEntries] {
    let kernels = try await kernels()
    let siblings = Set(kernels.filter { $0.line != nil && $0.isSibling }.map(\.name))
    let used = Set(kernels.filter { $0.line != nil && !$0.isSibling }.map(\.name))
    let sources = Set(
      try await presentSources().map { KernelBuilder.sourceKey($0.digest).hexadecimal })
    let archives = Set(lines.map { SourceArchives.key(of: $0).hexadecimal })

    func entries(
      _ kind: String, _ reason: (_ name: String) -> PrunableEntries.Reason
    ) throws -> [PrunableEntries] {
      let names = Dictionary(grouping: try cache.names(ofKind: kind), by: reason)
      return try names.map { reason, names in
        let sizes = try names.map {
          try HostFile.size(below: cache.root.appending(kind).appending($0)).bytes
        }
        return PrunableEntries(
          reason: reason, size: ByteCount(sizes.reduce(0, +)), kind: kind, names: names)
      }
    }
    let found =
      try entries(KernelBuilder.kind) { name in
        if siblings.contains(name) { return .siblings }
        return used.contains(name) ? .kernelsInUse : .outdatedKernels
      }
      + entries(KernelBuilder.sourceKind) { sources.contains($0) ? .sourcesInUse : .sources }
      + entries(SourceArchives.kind) { archives.contains($0) ? .archivesInUse : .archives }
      + interruptedBuilds()
    return found.filter { all || !$0.reason.isInUse }.sorted { $0.size > $1.size }
  }

  private func interruptedBuilds() throws -> [PrunableEntries] {
    let drafts = try cache.interruptedDrafts(ofKind: KernelBuilder.kind)
    guard !drafts.isEmpty else { return [] }
    let sizes = try drafts.map { try HostFile.size(below: $0).bytes }
    return [
      PrunableEntries(
        reason: .interruptedBuilds, size: ByteCount(sizes.reduce(0, +)), kind: KernelBuilder.kind,
        names: drafts.compactMap { $0.lastComponent?.string })
    ]
  }

  /// Removes entries, once nobody is making them, and what nobody is making any more.
  ///
  /// - Returns: the bytes that came free.
  package func remove(_ entries: PrunableEntries) async throws -> ByteCount {
    var freed: UInt64 = 0
    for name in entries.names {
      let path = cache.root.appending(entries.kind).appending(name)
      let size = try HostFile.size(below: path)
      let isRemoved =
        entries.reason == .interruptedBuilds
        ? try await cache.remove(interrupted: path)
        : try await cache.remove(kind: entries.kind, name: name)
      if isRemoved { freed += size.bytes }
    }
    return ByteCount(freed)
  }
}

extension PrunableEntries.Reason {
  fileprivate var isInUse: Bool {
    switch self {
    case .kernelsInUse, .sourcesInUse, .archivesInUse: true
    case .outdatedKernels, .siblings, .sources, .archives, .interruptedBuilds: false
    }
  }
}
