// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostProcesses
package import SystemPackage

/// Answers about large files that do not change, remembered between runs.
///
/// A warm run must not read 130 MB of kernel source to learn that it is the same. An answer is
/// filed under the file's path, size, inode and time of change: what changes, is asked again.
package struct FileFingerprints: Sendable {
  private let cache: ContentCache

  package init(cache: ContentCache) {
    self.cache = cache
  }

  /// SHA-256 of the file's content, in hexadecimal.
  package func digest(of path: FilePath) async throws -> String {
    try await remembered("sha-256", about: path) { try ContentKey(ofFile: path).hexadecimal }
  }

  /// What a program says of its own version, its whole output to `arguments`.
  ///
  /// - Throws: `ToolError` where PATH does not have the program.
  package func version(of program: String, arguments: [String]) async throws -> String {
    let path = try ToolSearch.path(of: program)
    return try await remembered(arguments.joined(separator: " "), about: path) {
      // Of setpriv itself, too, on a machine that may lack it.
      let question = ToolCommand(.path(path), arguments, isConfined: false)
      let result = try await question.collect(deadline: .seconds(60))
      return String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
    }
  }

  private func remembered(
    _ question: String, about path: FilePath, _ ask: () async throws -> String
  ) async throws -> String {
    let file: Stat
    do {
      file = try path.stat()
    } catch {
      throw HostFileError(.read, path, error)
    }
    let key = ContentKey([
      "question": question, "path": path.string, "size": "\(file.size)",
      "inode": "\(file.inode.rawValue)",
      "changed": "\(file.st_ctim.tv_sec).\(file.st_ctim.tv_nsec)",
    ])
    let entry = try await cache.entry(kind: "fingerprints", key: key) { draft in
      try HostFile.write(Array(try await ask().utf8), to: draft.appending("answer"))
    }
    return String(
      decoding: try HostFile.read(entry.appending("answer"), limit: 1 << 20), as: UTF8.self)
  }
}
