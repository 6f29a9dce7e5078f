// SPDX-License-Identifier: Apache-2.0
import Glibc
package import SystemPackage

/// A lock between processes, held while `body` of ``withLock(at:onWait:_:)`` runs.
///
/// It is flock(2)'s, so the kernel lets go of it when its holder dies, however it dies, and the
/// file is removed by whoever holds the lock last: a lock is never stale.
package enum FileLock {
  /// Takes the lock file at `path`, waiting for another holder as long as it takes.
  ///
  /// - Parameter onWait: called once, if somebody else holds the lock.
  /// - Throws: `HostFileError` where the lock file cannot be made; `CancellationError`.
  package static func withLock<Value: Sendable>(
    at path: FilePath, onWait: @Sendable () -> Void, _ body: () async throws -> Value
  ) async throws -> Value {
    var hasWaited = false
    while true {
      if let file = try take(path) {
        defer {
          // Removed while it is still held, so that the next holder never locks a file that a
          // third one cannot see.
          _ = try? HostFile.remove(path)
          try? file.close()
        }
        return try await body()
      }
      if !hasWaited { onWait() }
      hasWaited = true
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// The same where nobody else holds it; nil, at once, where somebody does.
  ///
  /// - Throws: `HostFileError` where the lock file cannot be made; what `body` throws.
  package static func withFreeLock<Value: Sendable>(
    at path: FilePath, _ body: () async throws -> Value
  ) async throws -> Value? {
    // Once more, as its last holder may have been removing it.
    guard let file = try take(path) ?? take(path) else { return nil }
    defer {
      _ = try? HostFile.remove(path)
      try? file.close()
    }
    return try await body()
  }

  /// The locked file; nil while another process has it.
  private static func take(_ path: FilePath) throws(HostFileError) -> FileDescriptor? {
    do {
      let file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite])
      guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        let error = Errno(rawValue: errno)
        try file.close()
        if error == .wouldBlock || error == .interrupted { return nil }
        throw error
      }
      // Its last holder may have removed the file between our open and our lock.
      guard let visible = try? path.stat(), try file.stat().inode == visible.inode else {
        try file.close()
        return nil
      }
      return file
    } catch {
      throw HostFileError(.lock, path, error)
    }
  }
}
