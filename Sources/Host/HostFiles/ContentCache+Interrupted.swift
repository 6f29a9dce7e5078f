// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension ContentCache {
  /// The drafts of a kind whose makers were interrupted, and which the next one who asks goes on with.
  package func interruptedDrafts(ofKind kind: String) throws(HostFileError) -> [FilePath] {
    let folder = root.appending(kind)
    guard HostFile.exists(folder) else { return [] }
    return try HostFile.names(in: folder).filter { $0.hasSuffix(Self.draftSuffix) }
      .map { folder.appending($0) }.filter(Self.isInterrupted)
  }

  /// Removes such a draft, unless somebody goes on with it.
  ///
  /// - Parameter draft: one of ``interruptedDrafts(ofKind:)``.
  /// - Returns: whether it was there.
  package func remove(interrupted draft: FilePath) async throws -> Bool {
    let entry = String(draft.string.dropLast(Self.draftSuffix.count))
    let isRemoved = try await FileLock.withFreeLock(at: FilePath("\(entry).lock")) {
      guard Self.isInterrupted(draft) else { return false }
      try HostFile.remove(draft)
      return true
    }
    return isRemoved ?? false
  }

  static func isBegun(_ draft: FilePath) -> Bool {
    (try? HostFile.names(in: draft).isEmpty) == false
  }

  static func isInterrupted(_ draft: FilePath) -> Bool {
    HostFile.exists(draft.appending(interruptionMark))
  }
}
