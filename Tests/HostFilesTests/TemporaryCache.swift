// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage

/// A cache in a folder of its own, removed afterwards.
func withCache(
  onEvent: @escaping @Sendable (ContentCache.Event) -> Void = { _ in },
  _ body: (ContentCache) async throws -> Void
) async throws {
  let root = FilePath("/tmp/cmalab-cache-test-\(UInt64.random(in: 0 ... .max))")
  try await body(ContentCache(root: root, onEvent: onEvent))
  try HostFile.remove(root)
}
