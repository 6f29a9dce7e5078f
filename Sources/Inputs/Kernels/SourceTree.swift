// SPDX-License-Identifier: Apache-2.0

import HostFiles
import SystemPackage

/// The root folder of a kernel's source.
struct SourceTree: Sendable {
  private let root: FilePath

  init(at root: FilePath) {
    self.root = root
  }

  /// - Parameter kconfig: a file that it has to have for the architecture in question.
  /// - Throws: `KernelError.notASource`.
  func check(for kconfig: String) throws(KernelError) {
    for part in [Self.makefile, "Kconfig", kconfig]
    where !HostFile.exists(root.pushing(FilePath(part))) {
      throw .notASource(root, "it has no \(part)")
    }
  }

  /// `6.1.192`, from the first lines of the root's Makefile.
  ///
  /// - Throws: `KernelError.notASource`, `HostFileError`.
  var version: String {
    get throws {
      let text = String(
        decoding: try HostFile.read(root.appending(Self.makefile), limit: 1 << 20), as: UTF8.self)
      let parts = try ["VERSION", "PATCHLEVEL", "SUBLEVEL"].map { name in
        let prefix = "\(name) = "
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) else {
          throw KernelError.notASource(root, "its Makefile has no \(name)")
        }
        return String(line.dropFirst(prefix.count))
      }
      return parts.joined(separator: ".")
    }
  }

  private static let makefile = "Makefile"
}
