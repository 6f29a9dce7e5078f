// SPDX-License-Identifier: Apache-2.0

// Files on the host: bounded reads, writes that are whole or not there, and the cache of things
// that are slow to make, kept by the content that they were made from.

import FoundationEssentials
import Glibc
package import Quantities
package import SystemPackage

/// Why a file of the host could not be used.
package struct HostFileError: Error, Hashable, Sendable {
  package enum Operation: String, Sendable {
    case read
    case write
    case create
    case remove
    case lock
  }

  package let operation: Operation
  package let path: FilePath
  /// The system's reason, in words, and what can be done about it where that is known.
  package let reason: String

  package init(_ operation: Operation, _ path: FilePath, _ reason: String) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }

  /// - Parameter error: the system's, as an `Errno`, or any other.
  package init(_ operation: Operation, _ path: FilePath, _ error: any Error) {
    guard let errno = error as? Errno else {
      self.init(operation, path, "\(error)")
      return
    }
    let remedy = Self.remedy(for: errno).map { ", \($0)" } ?? ""
    self.init(operation, path, "\(errno)\(remedy)")
  }

  private static func remedy(for errno: Errno) -> String? {
    switch errno {
    case .noSuchFileOrDirectory: "check the path"
    case .isDirectory: "give a file"
    case .notDirectory: "there is a file where a folder belongs"
    case .noSpace, .diskQuotaExceeded: "make room there or choose another folder"
    case .permissionDenied, .notPermitted, .readOnlyFileSystem: "choose a place that you may use"
    default: nil
    }
  }
}

extension HostFileError: CustomStringConvertible {
  package var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}

/// The few operations on whole files and folders that the project needs.
package enum HostFile {
  /// Replaces `path` by `bytes` in one step: a reader sees the old file or the whole new one.
  package static func write(
    _ bytes: [UInt8], to path: FilePath,
    permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws(HostFileError) {
    try write(to: path, permissions: permissions) { _ = try $0.writeAll(bytes) }
  }

  /// Replaces `path` in one step by what `body` writes piece by piece.
  package static func write(
    to path: FilePath,
    permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead],
    _ body: (FileDescriptor) throws -> Void
  ) throws(HostFileError) {
    let parent = path.removingLastComponent()
    let name = path.lastComponent?.string ?? "file"
    let draft = parent.appending(".\(name).\(UInt64.random(in: 0 ... .max))")
    do {
      let file = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: permissions)
      do {
        try file.closeAfter { try body(file) }
        try rename(draft, to: path)
      } catch {
        try? remove(draft)
        throw error
      }
    } catch let error as HostFileError {
      throw error
    } catch {
      throw HostFileError(.write, path, error)
    }
  }

  /// Moves a file or folder within one file system in one step, replacing a file that is there.
  package static func rename(_ old: FilePath, to new: FilePath) throws(HostFileError) {
    let result = old.withPlatformString { from in
      new.withPlatformString { to in Glibc.rename(from, to) }
    }
    guard result == 0 else { throw HostFileError(.create, new, Errno(rawValue: errno)) }
  }

  /// Takes everybody's permission to write to a file, who can still replace it.
  static func makeReadOnly(_ path: FilePath) throws(HostFileError) {
    do {
      let mode = try path.stat(followTargetSymlink: false).permissions
      let writing: FilePermissions = [.ownerWrite, .groupWrite, .otherWrite]
      let result = path.withPlatformString { chmod($0, mode.subtracting(writing).rawValue) }
      guard result == 0 else { throw Errno(rawValue: errno) }
    } catch {
      throw HostFileError(.create, path, error)
    }
  }

  /// The size of a file.
  package static func size(of path: FilePath) throws(HostFileError) -> ByteCount {
    do {
      return ByteCount(UInt64(max(0, try path.stat().size)))
    } catch {
      throw HostFileError(.read, path, error)
    }
  }

  /// Gives a file a second name, or copies it where that name is on another file system.
  package static func linkOrCopy(
    _ file: FilePath, to target: FilePath
  ) throws(HostFileError) {
    let result = file.withPlatformString { from in
      target.withPlatformString { to in Glibc.link(from, to) }
    }
    if result == 0 { return }
    try write(try read(file, limit: 1 << 30), to: target)
  }

  /// Creates a folder with all its parents; one that is there already is as good.
  package static func createDirectory(_ path: FilePath) throws(HostFileError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true)
    } catch {
      throw HostFileError(.create, path, cause(of: error))
    }
  }

  /// Creates a folder that only its owner may enter, with all its parents.
  static func createPrivateDirectory(_ path: FilePath) throws(HostFileError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw HostFileError(.create, path, cause(of: error))
    }
  }

  /// Lends a new folder that is this user's alone, and removes it with all that is in it.
  ///
  /// - Throws: `HostFileError` where there is no room for one; what `body` throws.
  package static func withTemporaryFolder<Value>(
    _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    let parent = FilePath(FileManager.default.temporaryDirectory.path)
    let folder = parent.appending("cmalab-\(UInt64.random(in: 0 ... .max))")
    try createPrivateDirectory(folder)
    defer { try? remove(folder) }
    return try await body(folder)
  }

  /// Creates a folder that is not there yet; its parent has to be.
  ///
  /// - Returns: whether it was made by this call: of several processes, one makes it.
  package static func createNewDirectory(_ path: FilePath) throws(HostFileError) -> Bool {
    if path.withPlatformString({ mkdir($0, 0o777) }) == 0 { return true }
    let error = Errno(rawValue: errno)
    guard error == .fileExists else { throw HostFileError(.create, path, error) }
    return false
  }

  /// Removes a file, or a folder with all that is in it; nothing there is as good.
  package static func remove(_ path: FilePath) throws(HostFileError) {
    guard exists(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path.string)
    } catch {
      throw HostFileError(.remove, path, cause(of: error))
    }
  }

  /// Removes a file, a link or a socket, never a folder; nothing there is as good.
  package static func unlink(_ path: FilePath) throws(HostFileError) {
    guard path.withPlatformString({ Glibc.unlink($0) }) != 0, errno != ENOENT else { return }
    throw HostFileError(.remove, path, Errno(rawValue: errno))
  }

  /// Removes a folder that has nothing in it.
  ///
  /// - Returns: whether it is gone.
  package static func removeEmptyDirectory(_ path: FilePath) -> Bool {
    path.withPlatformString { rmdir($0) } == 0
  }

  /// Whether a folder is there, or a link to one.
  package static func isDirectory(_ path: FilePath) -> Bool {
    (try? path.stat())?.type == .directory
  }

  /// Whether a folder itself is there, and not a link to one.
  package static func isDirectoryItself(_ path: FilePath) -> Bool {
    (try? path.stat(followTargetSymlink: false))?.type == .directory
  }

  /// Whether something is there, a dangling link included.
  package static func exists(_ path: FilePath) -> Bool {
    (try? path.stat(followTargetSymlink: false)) != nil
  }

  /// The names in a folder, sorted.
  package static func names(in directory: FilePath) throws(HostFileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
    } catch {
      throw HostFileError(.read, directory, cause(of: error))
    }
  }

  /// The regular files anywhere below a folder, as paths relative to it, sorted.
  package static func files(below directory: FilePath) throws(HostFileError) -> [FilePath] {
    var files: [FilePath] = []
    for name in try names(in: directory) {
      let path = directory.appending(name)
      switch (try? path.stat(followTargetSymlink: false))?.type {
      case .regular: files.append(FilePath(name))
      case .directory: files += try Self.files(below: path).map { FilePath(name).pushing($0) }
      default: break
      }
    }
    return files
  }

  /// The `Errno` inside an error of FileManager's.
  private static func cause(of error: any Error) -> any Error {
    let cause = (error as? CocoaError)?.underlying as? POSIXError
    return cause.map { Errno(rawValue: $0.code.rawValue) } ?? error
  }
}
