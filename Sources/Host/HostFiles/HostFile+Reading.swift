// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension HostFile {
  /// Everything in a regular file.
  ///
  /// - Parameter limit: a larger file is refused, in bytes: files are untrusted input.
  package static func read(_ path: FilePath, limit: Int) throws(HostFileError) -> [UInt8] {
    do {
      let file = try openRegular(path)
      defer { try? file.close() }
      // One byte more than it has shows its end, and nothing is copied; one that grows meanwhile, or tells
      // no size, as those of /proc, goes on in pieces.
      let size = Int(clamping: try file.stat().size)
      var bytes = try read(file, upTo: min(size, limit) + 1)
      if bytes.count <= min(size, limit) { return bytes }
      while bytes.count <= limit {
        let part = try read(file, upTo: min(limit + 1 - bytes.count, 1 << 20))
        if part.isEmpty { return bytes }
        bytes += part
      }
    } catch let error as HostFileError {
      throw error
    } catch {
      throw HostFileError(.read, path, error)
    }
    throw HostFileError(.read, path, "it is larger than \(limit) bytes")
  }

  /// The next bytes of a file: fewer than `count` only at its end.
  private static func read(_ file: FileDescriptor, upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let whole = UnsafeMutableRawBufferPointer(buffer)
      while filled < count {
        let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: whole[filled...]))
        if read == 0 { break }
        filled += read
      }
    }
  }

  /// Opening a FIFO would wait for a writer, and a device may never end.
  static func openRegular(_ path: FilePath) throws -> FileDescriptor {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    do {
      switch try file.stat().type {
      case .regular: return file
      case .directory: throw Errno.isDirectory
      default: throw HostFileError(.read, path, "it is not a regular file")
      }
    } catch {
      try? file.close()
      throw error
    }
  }

  /// The last bytes of a file: `count` of them, or as many as it has.
  package static func tail(of path: FilePath, count: Int) throws(HostFileError) -> [UInt8] {
    try read(path, upTo: count) { file in
      let end = try file.seek(offset: 0, from: .end)
      try file.seek(offset: max(0, end - Int64(count)), from: .start)
    }
  }

  /// The first bytes of a file: `count` of them, or as many as it has.
  package static func head(of path: FilePath, count: Int) throws(HostFileError) -> [UInt8] {
    try read(path, upTo: count) { _ in }
  }

  /// - Parameter seek: moves to where the bytes are.
  private static func read(
    _ path: FilePath, upTo count: Int, seek: (FileDescriptor) throws -> Void
  ) throws(HostFileError) -> [UInt8] {
    do {
      let file = try openRegular(path)
      defer { try? file.close() }
      try seek(file)
      return try read(file, upTo: count)
    } catch let error as HostFileError {
      throw error
    } catch {
      throw HostFileError(.read, path, error)
    }
  }

  /// A part of a file, which has to be there.
  package static func read(
    _ path: FilePath, bytes range: Range<Int>
  ) throws(HostFileError) -> [UInt8] {
    let part: [UInt8]
    do {
      let file = try openRegular(path)
      defer { try? file.close() }
      part = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
        let whole = UnsafeMutableRawBufferPointer(buffer)
        while count < range.count {
          let read = try file.read(
            fromAbsoluteOffset: Int64(range.lowerBound + count),
            into: UnsafeMutableRawBufferPointer(rebasing: whole[count...]))
          if read == 0 { break }
          count += read
        }
      }
    } catch {
      throw HostFileError(.read, path, error)
    }
    guard part.count == range.count else {
      throw HostFileError(.read, path, "it became shorter than \(range.upperBound) bytes")
    }
    return part
  }
}
