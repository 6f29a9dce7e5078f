// SPDX-License-Identifier: Apache-2.0
import Glibc
package import Quantities
package import SystemPackage

extension HostFile {
  /// The bytes of all regular files below a folder; zero where there is none.
  ///
  /// It asks the system itself, as a kernel's source has some 60,000 files.
  ///
  /// - Parameter countsLinked: also those that have further names, which may be elsewhere.
  package static func size(
    below directory: FilePath, countsLinked: Bool = true
  ) throws(HostFileError) -> ByteCount {
    var bytes: UInt64 = 0
    var folders = [directory.string]
    while let folder = folders.popLast() {
      guard let stream = opendir(folder) else {
        if errno == ENOENT { continue }
        throw HostFileError(.read, FilePath(folder), Errno(rawValue: errno))
      }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
        }
        if name == "." || name == ".." { continue }
        var status = stat()
        guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append("\(folder)/\(name)")
        case S_IFREG where countsLinked || status.st_nlink == 1:
          bytes += UInt64(max(0, status.st_size))
        default: break
        }
      }
    }
    return ByteCount(bytes)
  }
}
