// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HostFiles
import Synchronization
import SystemPackage

/// The results of a running matrix, appended one whole line at a time and kept from then on.
package final class ResultJournal: Sendable {
  private let path: FilePath
  private let file: FileDescriptor
  /// The bytes that are known to be whole lines.
  private let length: Mutex<Int64>

  /// Opens the results of a folder; what a killed process left of its last line goes away.
  package init(of folder: MatrixFolder) throws(HostFileError) {
    path = folder.results
    do {
      file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      let bytes = try HostFile.read(path, limit: 4 << 30)
      let whole = Int64((bytes.lastIndex(of: 0x0a) ?? -1) + 1)
      try file.resize(to: whole)
      length = Mutex(whole)
    } catch let error as HostFileError {
      throw error
    } catch {
      throw HostFileError(.write, path, "\(error)")
    }
  }

  /// Returns once the line is on the disk. Where that fails, the file is as it was.
  package func append(_ result: CellResult) throws {
    let line = SealedText.line.seal(try JSONText.line(result))
    try length.withLock { length in
      do {
        _ = try file.writeAll(toAbsoluteOffset: length, line)
        guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      } catch {
        try? file.resize(to: length)
        throw HostFileError(
          .write, path, "\(error), \(Self.remedy): what was reported done is kept")
      }
      length += Int64(line.count)
    }
  }

  private static let remedy = "make room and go on with --resume"

  deinit {
    try? file.close()
  }
}
