// SPDX-License-Identifier: Apache-2.0

import Emulator
import Glibc
import HostFiles
import HostProcesses
import Records
import Runs
import SystemPackage

/// What this process was started in.
enum HostEnvironment {
  /// Whether the locale's character set is UTF-8 (POSIX, "Internationalization Variables").
  static var hasUnicodeLocale: Bool {
    let variables = ThisProcess.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variables[$0] }
      .first { !$0.isEmpty }
    return locale?.uppercased().contains("UTF-8") ?? false
  }

  /// The root where it is gone: nothing relative means anything then.
  static var workingDirectory: FilePath {
    guard let folder = getcwd(nil, 0) else { return "/" }
    defer { free(folder) }
    return FilePath(String(cString: folder))
  }

  static func installation() throws -> Installation {
    try Installation(environment: ThisProcess.environment, executable: executable())
  }

  /// The running executable, links resolved.
  static func executable() throws -> FilePath {
    let link = FilePath("/proc/self/exe")
    guard let path = realpath(link.string, nil) else {
      throw HostFileError(.read, link, Errno(rawValue: errno).description)
    }
    defer { free(path) }
    return FilePath(String(cString: path))
  }

  /// The programs that a result of this process depends on.
  static func programVersions() async throws -> ProgramVersions {
    let fingerprints = FileFingerprints(cache: try cache())
    let emulator = try? await fingerprints.version(
      of: EmulatorFeatures.program, arguments: ["--version"])
    return ProgramVersions(
      cmalab: ProgramVersion.text,
      executable: try await fingerprints.digest(of: try executable()),
      emulator: emulator?.split(separator: "\n").first.map(String.init))
  }

  /// The variables by which the processes of a batch job find the same files as this one.
  static var sharedVariables: [(name: String, value: String)] {
    let variables = ThisProcess.environment
    return ["CMALAB_HOME", "CMALAB_CACHE", "XDG_CACHE_HOME"].compactMap { name in
      variables[name].flatMap { $0.isEmpty ? nil : (name, $0) }
    }
  }

  /// The user's cache; what happens to it is said on standard error.
  static func cache() throws -> ContentCache {
    try ContentCache.ofUser(environment: ThisProcess.environment) { event in
      switch event {
      case .waiting:
        Diagnostics.progress("another cmalab is making the same thing: waiting for it")
      case .damaged(let what):
        Diagnostics.progress("the cache is damaged and is mended: \(what)")
      }
    }
  }

  /// Lends the user's cache to a command that starts no guest: where nothing can be written to it, or
  /// there is none, what has to be made lives in a folder of its own until `body` has returned.
  ///
  /// - Throws: `ContentCacheError` for a cache that others can write to; what `body` throws.
  static func withAnyCache<Value>(
    _ body: (ContentCache) async throws -> Value
  ) async throws -> Value {
    let cache: ContentCache?
    do {
      cache = try Self.cache()
    } catch ContentCacheError.noFolder {
      cache = nil
    }
    if let cache, cache.makeRoot() { return try await body(cache) }
    return try await HostFile.withTemporaryFolder { folder in
      try await body(cache?.sparingRoot(for: folder) ?? ContentCache(root: folder))
    }
  }

  static var isRoot: Bool { geteuid() == 0 }
}
