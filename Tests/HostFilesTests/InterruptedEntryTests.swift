// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

/// Entries whose makers are cancelled, as a build is by Ctrl-C.
@Suite struct InterruptedEntryTests {
  private let key = ContentKey(["what": "a test's entry"])

  /// Is cancelled with one file made.
  private func interrupt(_ cache: ContentCache, resumes: Bool) async throws {
    await #expect(throws: CancellationError.self) {
      try await cache.entry(kind: "kind", key: key, resumes: resumes) { draft in
        try HostFile.write([1], to: draft.appending("first"))
        throw CancellationError()
      }
    }
  }

  private func finish(_ cache: ContentCache, resumes: Bool) async throws -> [String] {
    let entry = try await cache.entry(kind: "kind", key: key, resumes: resumes) { draft in
      try HostFile.write([2], to: draft.appending("second"))
    }
    return try HostFile.names(in: entry)
  }

  @Test func whatResumesFindsItsDraft() async throws {
    try await withCache { cache in
      try await interrupt(cache, resumes: true)
      #expect(cache.existing(kind: "kind", key: key) == nil)
      #expect(try cache.names(ofKind: "kind") == [])
      let files = try await finish(cache, resumes: true)
      #expect(files == ["digests", "first", "manifest", "second"])
      #expect(try cache.interruptedDrafts(ofKind: "kind") == [])
    }
  }

  @Test func whatCannotResumeBeginsAnew() async throws {
    try await withCache { cache in
      try await interrupt(cache, resumes: true)
      let files = try await finish(cache, resumes: false)
      #expect(files == ["digests", "manifest", "second"])
    }
  }

  /// Nobody knows what a process that was killed wrote last.
  @Test func theDraftOfADeadProcessIsNotResumed() async throws {
    try await withCache { cache in
      let draft = cache.root.appending("kind").appending("\(key.hexadecimal).draft")
      try HostFile.createDirectory(draft)
      try HostFile.write([1], to: draft.appending("first"))
      let files = try await finish(cache, resumes: true)
      #expect(files == ["digests", "manifest", "second"])
    }
  }

  @Test func aFailureIsNotResumed() async throws {
    struct Failure: Error {}
    try await withCache { cache in
      try await interrupt(cache, resumes: true)
      await #expect(throws: Failure.self) {
        try await cache.entry(kind: "kind", key: key, resumes: true) { _ in throw Failure() }
      }
      let left = try HostFile.names(in: cache.root.appending("kind"))
      #expect(left == [])
    }
  }

  @Test func whatHasNotBegunLeavesNothing() async throws {
    try await withCache { cache in
      await #expect(throws: CancellationError.self) {
        try await cache.entry(kind: "kind", key: key, resumes: true) { _ in
          throw CancellationError()
        }
      }
      let left = try HostFile.names(in: cache.root.appending("kind"))
      #expect(left == [])
    }
  }

  @Test func anInterruptedDraftIsRemovedUnlessSomebodyGoesOnWithIt() async throws {
    try await withCache { cache in
      try await interrupt(cache, resumes: true)
      let drafts = try cache.interruptedDrafts(ofKind: "kind")
      let draft = try #require(drafts.first)
      _ = try await cache.entry(kind: "kind", key: key, resumes: true) { inner in
        #expect(inner == draft)
        let isRemoved = try await cache.remove(interrupted: draft)
        #expect(!isRemoved)
      }
      try await interruptOther(cache)
      for draft in try cache.interruptedDrafts(ofKind: "kind") {
        let isRemoved = try await cache.remove(interrupted: draft)
        #expect(isRemoved)
      }
      #expect(try HostFile.names(in: cache.root.appending("kind")) == [key.hexadecimal])
    }
  }

  private func interruptOther(_ cache: ContentCache) async throws {
    await #expect(throws: CancellationError.self) {
      let other = ContentKey(["what": "another entry"])
      _ = try await cache.entry(kind: "kind", key: other, resumes: true) { draft in
        try HostFile.write([1], to: draft.appending("first"))
        throw CancellationError()
      }
    }
  }
}
