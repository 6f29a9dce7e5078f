// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import Synchronization
import SystemPackage
import Testing

@Suite struct ContentCacheTests {
  private let key = ContentKey(["what": "a test's entry"])

  /// Every kernel in a user's cache is found by it: computed with Python's hashlib.
  @Test func aKeyStaysWhatItWas() {
    let key = ContentKey(["recipe": "Image modules_prepare 1", "source": "é"])
    #expect(
      key.hexadecimal == "225de321e61a543b965f583aaab439fc456072ded2cf2c854c379adc870e4038")
  }

  /// A cache in a folder of its own, removed afterwards.
  private func withCache(
    onEvent: @escaping @Sendable (ContentCache.Event) -> Void = { _ in },
    _ body: (ContentCache) async throws -> Void
  ) async throws {
    let root = FilePath("/tmp/cmalab-cache-test-\(UInt64.random(in: 0 ... .max))")
    try await body(ContentCache(root: root, onEvent: onEvent))
    try HostFile.remove(root)
  }

  private func names(_ cache: ContentCache) throws -> [String] {
    try HostFile.names(in: cache.root.appending("kind"))
  }

  @Test func anEntryIsMadeOnce() async throws {
    try await withCache { cache in
      for content in ["first", "second"] {
        let entry = try await cache.entry(kind: "kind", key: key) { draft in
          try HostFile.write(Array(content.utf8), to: draft.appending("file"))
        }
        #expect(try HostFile.read(entry.appending("file"), limit: 10) == Array("first".utf8))
      }
      #expect(try names(cache) == [key.hexadecimal])
    }
  }

  @Test func twoAtOnceMakeItOnce() async throws {
    let waited = Tally()
    try await withCache(onEvent: { _ in waited.add("waited") }) { cache in
      let made = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            _ = try await cache.entry(kind: "kind", key: key) { draft in
              made.add("made")
              try await Task.sleep(for: .milliseconds(200))
              try HostFile.write([1], to: draft.appending("file"))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(made.words.count == 1)
      #expect(waited.words.count == 3)
      #expect(try names(cache) == [key.hexadecimal])
    }
  }

  @Test func aFailureLeavesNothing() async throws {
    try await withCache { cache in
      await #expect(throws: CancellationError.self) {
        try await cache.entry(kind: "kind", key: key) { draft in
          try HostFile.write([1], to: draft.appending("half"))
          throw CancellationError()
        }
      }
      let left = try names(cache)
      #expect(left.isEmpty)
    }
  }

  @Test func theDraftOfADeadProcessIsCleared() async throws {
    try await withCache { cache in
      let draft = cache.root.appending("kind").appending("\(key.hexadecimal).draft")
      try HostFile.createDirectory(draft)
      try HostFile.write([1], to: draft.appending("half"))
      let entry = try await cache.entry(kind: "kind", key: key) { draft in
        try HostFile.write([2], to: draft.appending("file"))
      }
      #expect(try HostFile.names(in: entry) == ["file", "manifest"])
      #expect(try names(cache) == [key.hexadecimal])
    }
  }

  @Test(arguments: ["truncated", "removed", "no manifest", "cut manifest"])
  func damageIsSeenAndMended(damage: String) async throws {
    let said = Tally()
    try await withCache(
      onEvent: { event in
        if case .damaged(let what) = event { said.add(what) }
      }
    ) { cache in
      func make() async throws -> FilePath {
        try await cache.entry(kind: "kind", key: key) { draft in
          try HostFile.write(Array("whole".utf8), to: draft.appending("Image"))
        }
      }
      let entry = try await make()
      switch damage {
      case "truncated": try HostFile.write(Array("who".utf8), to: entry.appending("Image"))
      case "removed": try HostFile.remove(entry.appending("Image"))
      case "no manifest": try HostFile.remove(entry.appending("manifest"))
      default: try HostFile.write(Array("5\tIma".utf8), to: entry.appending("manifest"))
      }
      #expect(cache.existing(kind: "kind", key: key) == nil)
      let mended = try await make()
      #expect(said.words.count == 1)
      #expect(try HostFile.read(mended.appending("Image"), limit: 10) == Array("whole".utf8))
    }
  }

  @Test func keysDependOnEveryIngredientAndItsPlace() {
    let keys = [
      ContentKey(["a": "bc"]), ContentKey(["ab": "c"]), ContentKey(["a": "b", "c": ""]),
      ContentKey(["c": "", "a": "b"]), ContentKey(["a": "bd"]),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { $0.hexadecimal.count == 64 })
  }

  @Test func theUsersCacheFolder() throws {
    func root(_ environment: [String: String]) throws -> FilePath {
      try ContentCache.ofUser(environment: environment).root
    }
    #expect(try root(["CMALAB_CACHE": "/c", "HOME": "/h"]) == "/c")
    #expect(try root(["CMALAB_CACHE": "", "HOME": "/h"]) == "/h/.cache/cmalab")
    #expect(try root(["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/cmalab")
    #expect(try root(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/cmalab")
    #expect(throws: ContentCacheError.noFolder) { try root([:]) }
    #expect(throws: ContentCacheError.relative("c")) {
      try root(["CMALAB_CACHE": "c", "HOME": "/h"])
    }
  }

  @Test func aReadIsBounded() throws {
    let file = FilePath("/tmp/cmalab-read-\(UInt64.random(in: 0 ... .max))")
    try HostFile.write([UInt8](repeating: 0, count: 1001), to: file)
    defer { try? HostFile.remove(file) }
    let error = #expect(throws: HostFileError.self) { try HostFile.read(file, limit: 1000) }
    #expect(error?.reason == "it is larger than 1000 bytes")
    #expect(try HostFile.read(file, limit: 1001).count == 1001)
  }

  /// A device may never end, and opening a FIFO waits for a writer.
  @Test(arguments: ["/dev/zero", "fifo"]) func onlyRegularFilesAreRead(name: String) throws {
    let fifo = "/tmp/cmalab-fifo-\(UInt64.random(in: 0 ... .max))"
    #expect(mkfifo(fifo, 0o600) == 0)
    defer { unlink(fifo) }
    let path = FilePath(name == "fifo" ? fifo : name)
    let error = #expect(throws: HostFileError.self) { try HostFile.read(path, limit: 1000) }
    #expect(error?.reason == "it is not a regular file")
    #expect(throws: HostFileError.self) { try HostFile.head(of: path, count: 10) }
  }
}

/// What was said, from whichever task.
private final class Tally: Sendable {
  private let said = Mutex<[String]>([])

  var words: [String] { said.withLock { $0 } }

  func add(_ word: String) { said.withLock { $0.append(word) } }
}
