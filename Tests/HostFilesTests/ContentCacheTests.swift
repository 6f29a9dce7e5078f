// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import Quantities
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

  @Test func aSpareFolderTakesWhatTheRootDoesNotHave() async throws {
    try await withCache { cache in
      let other = ContentKey(["what": "another entry"])
      let spare = cache.root.appending("spare")
      let sparing = cache.sparingRoot(for: spare)
      _ = try await cache.entry(kind: "kind", key: key) {
        try HostFile.write([1], to: $0.appending("file"))
      }
      let old = try await sparing.entry(kind: "kind", key: key) { _ in Issue.record("made again") }
      #expect(old == cache.path(kind: "kind", key: key))
      let new = try await sparing.entry(kind: "kind", key: other) {
        try HostFile.write([2], to: $0.appending("file"))
      }
      #expect(new.starts(with: spare))
      #expect(sparing.existing(kind: "kind", key: key) == old)
      #expect(sparing.existing(kind: "kind", key: other) == new)
      #expect(cache.existing(kind: "kind", key: other) == nil)
      #expect(try names(cache) == [key.hexadecimal])
    }
  }

  @Test func aFolderBelowAFileCannotBeMade() async throws {
    try await withCache { cache in
      #expect(cache.makeRoot())
      #expect(HostFile.isDirectory(cache.root))
      try HostFile.createDirectory(cache.root)
      let file = cache.root.appending("file")
      try HostFile.write([], to: file)
      #expect(!ContentCache(root: file.appending("cache")).makeRoot())
      // Root may write there, as far as permissions say.
      #expect(!ContentCache(root: "/proc/nowhere/cmalab").makeRoot())
    }
  }

  /// A run's kernel is a link into the cache.
  @Test func aFileWithTwoNamesCountsOnce() async throws {
    try await withCache { cache in
      let (first, second) = (cache.root.appending("a"), cache.root.appending("b"))
      for folder in [first, second] { try HostFile.createDirectory(folder) }
      try HostFile.write(Array(repeating: 0, count: 1000), to: first.appending("large"))
      try HostFile.linkOrCopy(first.appending("large"), to: second.appending("large"))
      try HostFile.write([0], to: second.appending("own"))
      #expect(try HostFile.size(below: second).bytes == 1001)
      #expect(try HostFile.size(below: second, countsLinked: false).bytes == 1)
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
      #expect(try HostFile.names(in: entry) == ["digests", "file", "manifest"])
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
      case "truncated": try replace(entry.appending("Image"), by: "who")
      case "removed": try HostFile.remove(entry.appending("Image"))
      case "no manifest": try HostFile.remove(entry.appending("manifest"))
      default: try replace(entry.appending("manifest"), by: "5\tIma")
      }
      #expect(cache.existing(kind: "kind", key: key) == nil)
      let mended = try await make()
      #expect(said.words.count == 1)
      #expect(try HostFile.read(mended.appending("Image"), limit: 10) == Array("whole".utf8))
    }
  }

  /// Its size is what it was: only whoever reads it sees that it is another one.
  @Test func aFlippedBitIsSeenAndMended() async throws {
    let said = Tally()
    try await withCache(
      onEvent: { event in
        if case .damaged(let what) = event { said.add(what) }
      }
    ) { cache in
      func make(readsContent: Bool) async throws -> String {
        let entry = try await cache.entry(
          kind: "kind", key: key, readsContent: readsContent
        ) { draft in
          try HostFile.write(Array("whole".utf8), to: draft.appending("Image"))
        }
        let content = try HostFile.read(entry.appending("Image"), limit: 10)
        return String(decoding: content, as: UTF8.self)
      }
      #expect(try await make(readsContent: true) == "whole")
      let file = cache.path(kind: "kind", key: key).appending("Image")
      try replace(file, by: "whose")
      #expect(try await make(readsContent: false) == "whose")
      #expect(try await make(readsContent: true) == "whole")
      #expect(said.words == ["\(file) is not what was written: its SHA-256 is another one"])
    }
  }

  /// A run's folder has the cache's files under names of its own.
  @Test func nobodyWritesToAFileOfTheCacheByMistake() async throws {
    try await withCache { cache in
      let entry = try await cache.entry(kind: "kind", key: key) { draft in
        try HostFile.write([1], to: draft.appending("Image"))
        try HostFile.createDirectory(draft.appending("build"))
      }
      let file = try entry.appending("Image").stat().permissions
      #expect(file.isDisjoint(with: [.ownerWrite, .groupWrite, .otherWrite]))
      #expect(try entry.appending("build").stat().permissions.contains(.ownerWrite))
    }
  }

  /// As cmalab 0.1 wrote it: what it holds is taken as it is, and seen when it changes from then on.
  @Test func anEntryWithoutDigestsIsUsedAndGetsThem() async throws {
    let said = Tally()
    try await withCache(onEvent: { _ in said.add("said") }) { cache in
      let path = cache.path(kind: "kind", key: key)
      try HostFile.createDirectory(path)
      try HostFile.write([7], to: path.appending("Image"))
      try HostFile.write(Array("1\tImage\n".utf8), to: path.appending("manifest"))
      #expect(cache.existing(kind: "kind", key: key) == path)
      for _ in 0..<2 {
        let entry = try await cache.entry(kind: "kind", key: key) { _ in throw CancellationError() }
        #expect(try HostFile.read(entry.appending("Image"), limit: 10) == [7])
      }
      #expect(said.words.isEmpty)
      _ = try await ToolCommand(.named("sha256sum"), ["--check", "digests"], directory: path)
        .output()
      let manifest = try HostFile.read(path.appending("manifest"), limit: 1000)
      #expect(manifest == Array("1\tImage\n".utf8))
    }
  }

  /// A file of the cache cannot be written to.
  private func replace(_ file: FilePath, by content: String) throws {
    try HostFile.remove(file)
    try HostFile.write(Array(content.utf8), to: file)
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

  @Test func aCacheThatEverybodyWritesToIsRefused() async throws {
    try await withCache { cache in
      _ = try await cache.entry(kind: "kind", key: key) { draft in
        try HostFile.write([1], to: draft.appending("file"))
      }
      #expect(try cache.root.stat().permissions == [.ownerReadWriteExecute])
      let environment = ["CMALAB_CACHE": cache.root.string]
      #expect(try ContentCache.ofUser(environment: environment).root == cache.root)
      try #require(chmod(cache.root.string, 0o777) == 0)
      #expect(throws: ContentCacheError.writableByAll(cache.root)) {
        try ContentCache.ofUser(environment: environment)
      }
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
