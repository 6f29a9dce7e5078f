// SPDX-License-Identifier: Apache-2.0
import Glibc
package import SystemPackage

/// Things that are slow to make, each in a folder named by the content that it was made from.
///
/// An entry is made in a draft folder and moved to its name in one step, so what has a name is
/// whole. Two processes that want the same entry at once make it once. An entry carries a list of
/// its files with their sizes and digests, so that one that was damaged later is seen and made again.
package struct ContentCache: Sendable {
  /// The folder that holds everything, one folder a kind below it.
  package let root: FilePath
  /// Where entries are made that are not below the root; nil for the root itself.
  private let spare: FilePath?
  private let onEvent: @Sendable (Event) -> Void

  /// What the cache tells its user while an entry is asked for.
  package enum Event: Sendable {
    /// Another process is making the entry.
    case waiting
    /// The entry was there and is damaged: this is what is wrong with it. It is made again.
    case damaged(String)
  }

  /// - Parameter onEvent: told of whatever makes an answer slow or is mended.
  package init(root: FilePath, onEvent: @escaping @Sendable (Event) -> Void = { _ in }) {
    self.init(root: root, spare: nil, onEvent: onEvent)
  }

  private init(
    root: FilePath, spare: FilePath?, onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.root = root
    self.spare = spare
    self.onEvent = onEvent
  }

  /// The same cache, of which nothing below its root is changed.
  ///
  /// - Parameter spare: a folder that takes what is made.
  package func sparingRoot(for spare: FilePath) -> ContentCache {
    ContentCache(root: root, spare: spare, onEvent: onEvent)
  }

  /// Makes the root where it is not there yet.
  ///
  /// Permissions alone do not tell: root has them on a file system that takes no folder, as in /proc.
  ///
  /// - Returns: whether entries can be made.
  package func makeRoot() -> Bool {
    if !HostFile.exists(root) {
      do { try HostFile.createPrivateDirectory(root) } catch { return false }
    }
    return HostFile.isDirectory(root)
      && root.withPlatformString { access($0, W_OK | X_OK) } == 0
  }

  /// `$CMALAB_CACHE`, or `cmalab` in the user's cache folder (XDG Base Directory Specification:
  /// `$XDG_CACHE_HOME`, by default `~/.cache`).
  ///
  /// That specification has a relative path ignored; a user who wrote `$CMALAB_CACHE` for us is
  /// told instead.
  ///
  /// What is in it is booted, so it is not to be one that others can write to.
  ///
  /// - Throws: `ContentCacheError`.
  package static func ofUser(
    environment: [String: String], onEvent: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws(ContentCacheError) -> ContentCache {
    let cache = ContentCache(root: try rootOfUser(environment), onEvent: onEvent)
    if let stat = try? cache.root.stat() {
      guard !stat.permissions.contains(.otherWrite) else { throw .writableByAll(cache.root) }
      let isOurs = [geteuid(), 0].contains(stat.userID.rawValue) || geteuid() == 0
      guard isOurs else { throw .anothers(cache.root) }
    }
    return cache
  }

  private static func rootOfUser(
    _ environment: [String: String]
  ) throws(ContentCacheError) -> FilePath {
    if let own = environment["CMALAB_CACHE"], !own.isEmpty {
      guard own.hasPrefix("/") else { throw .relative(own) }
      return FilePath(own)
    }
    func folder(_ name: String) -> FilePath? {
      guard let value = environment[name], value.hasPrefix("/") else { return nil }
      return FilePath(value)
    }
    guard let shared = folder("XDG_CACHE_HOME") ?? folder("HOME")?.appending(".cache") else {
      throw .noFolder
    }
    return shared.appending("cmalab")
  }

  /// Marks a draft whose maker was interrupted, and who left it in good order. A draft without it is a
  /// dead process's, of which nobody knows what was written last.
  static let interruptionMark = "interrupted"
  static let draftSuffix = ".draft"

  /// Where the entry is or will be.
  package func path(kind: String, key: ContentKey) -> FilePath {
    root.appending(kind).appending(key.hexadecimal)
  }

  /// Where everything that was said while an entry was made is kept, also when that failed.
  package func log(named name: String) throws(HostFileError) -> FilePath {
    let folder = root.appending("logs")
    try makeFolder(folder)
    return folder.appending("\(name).log")
  }

  /// Makes a folder of the cache. Whatever the umask is, what is made for it is this user's alone.
  private func makeFolder(_ folder: FilePath) throws(HostFileError) {
    if !HostFile.exists(root) { try HostFile.createPrivateDirectory(root) }
    try HostFile.createDirectory(folder)
  }

  /// The names of the entries of a kind, whole or not, without drafts and locks.
  package func names(ofKind kind: String) throws(HostFileError) -> [String] {
    let folder = root.appending(kind)
    guard HostFile.exists(folder) else { return [] }
    return try HostFile.names(in: folder).filter { !$0.contains(".") }
  }

  /// Removes an entry, once nobody is making it.
  ///
  /// It loses its name first, so that nobody finds half of it.
  ///
  /// - Parameter name: one of ``names(ofKind:)``.
  /// - Returns: whether it was there.
  package func remove(kind: String, name: String) async throws -> Bool {
    let folder = root.appending(kind)
    let path = folder.appending(name)
    guard HostFile.exists(path) else { return false }
    return try await FileLock.withLock(
      at: folder.appending("\(name).lock"), onWait: { onEvent(.waiting) }
    ) {
      let draft = folder.appending(name + Self.draftSuffix)
      try HostFile.remove(draft)
      guard HostFile.exists(path) else { return false }
      try HostFile.rename(path, to: draft)
      try HostFile.remove(draft)
      return true
    }
  }

  /// The folder of an entry that is there and whole by the sizes of its files; nil otherwise.
  package func existing(kind: String, key: ContentKey) -> FilePath? {
    [root, spare].lazy.compactMap(\.self)
      .map { $0.appending(kind).appending(key.hexadecimal) }
      .first { (try? EntryManifest.check($0)) == .whole }
  }

  /// Whether an entry that ``entry(kind:key:readsContent:resumes:make:)`` gave is what was written, by all
  /// that is in it.
  ///
  /// - Parameter digests: of those of its files that have been read for something else, by name.
  package func isUnchanged(
    _ entry: FilePath, knowing digests: [String: String]
  ) throws(HostFileError) -> Bool {
    try EntryManifest.check(entry, readsContent: true, knowing: digests) == .whole
  }

  /// The folder of the entry, made by `make` if it is not there.
  ///
  /// - Parameters:
  ///   - kind: names the folder that it lies in: a word of ours, never a user's.
  ///   - readsContent: whether a file that was changed and has its size still is seen as well: at the
  ///     price of reading it, 0.7 s a gigabyte.
  ///   - resumes: whether `make`, where it was cancelled, can go on with the draft as it left it: the
  ///     draft is kept for the next one who asks then.
  ///   - make: fills the draft folder that it is given; where it throws, the draft is removed.
  /// - Throws: what `make` throws; `ContentCacheError` where the cache cannot be written.
  package func entry(
    kind: String, key: ContentKey, readsContent: Bool = true, resumes: Bool = false,
    make: (_ draft: FilePath) async throws -> Void
  ) async throws -> FilePath {
    let path = path(kind: kind, key: key)
    if try EntryManifest.check(path, readsContent: readsContent) == .whole { return path }
    if let spare {
      return try await ContentCache(root: spare, onEvent: onEvent)
        .entry(kind: kind, key: key, readsContent: readsContent, resumes: resumes, make: make)
    }

    let folder = root.appending(kind)
    do {
      try makeFolder(folder)
    } catch {
      throw ContentCacheError.notWritable(error)
    }
    let lock = folder.appending("\(key.hexadecimal).lock")
    return try await FileLock.withLock(at: lock, onWait: { onEvent(.waiting) }) {
      switch try EntryManifest.check(path, readsContent: readsContent) {
      case .whole:
        return path
      case .withoutDigests:
        // Made by cmalab 0.1, and used as it was then: from now on as it is now.
        try EntryManifest.write(for: path)
        return path
      case .damaged(let what):
        onEvent(.damaged(what))
        try HostFile.remove(path)
      case .absent:
        break
      }
      // A draft that is here under our lock belongs to a process that is gone.
      let draft = folder.appending(key.hexadecimal + Self.draftSuffix)
      let mark = draft.appending(Self.interruptionMark)
      if resumes, Self.isInterrupted(draft) {
        try HostFile.remove(mark)
      } else {
        try HostFile.remove(draft)
        try HostFile.createDirectory(draft)
      }
      do {
        try await make(draft)
        try Task.checkCancellation()
        try EntryManifest.write(for: draft)
        try HostFile.rename(draft, to: path)
      } catch let error as CancellationError where resumes && Self.isBegun(draft) {
        try HostFile.write([], to: mark)
        throw error
      } catch {
        try HostFile.remove(draft)
        throw error
      }
      return path
    }
  }
}

/// Why there is no folder for a cache.
package enum ContentCacheError: Error, Hashable, CustomStringConvertible {
  case relative(String)
  case noFolder
  case writableByAll(FilePath)
  case anothers(FilePath)
  case notWritable(HostFileError)

  package var description: String {
    switch self {
    case .relative(let path):
      "CMALAB_CACHE is '\(path)', which means another folder everywhere: give a path from the root"
    case .noFolder:
      "there is no folder for the cache, as neither CMALAB_CACHE, XDG_CACHE_HOME nor HOME is set: "
        + "set CMALAB_CACHE"
    case .writableByAll(let path):
      "everybody can write to the cache \(path), and what is in it is booted: 'chmod o-w' it, or set "
        + "CMALAB_CACHE"
    case .anothers(let path):
      "the cache \(path) is another user's, and what is in it is booted: set CMALAB_CACHE"
    case .notWritable(let error):
      "the cache is not usable, set CMALAB_CACHE to a folder that is: \(error)"
    }
  }
}
