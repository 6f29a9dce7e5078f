// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
package import SystemPackage

/// A file that a Debian package carries, by where it lies and how its name begins and ends.
package struct PackagedFile: Hashable, Sendable {
  /// Below the root; of several, the first that has it counts.
  private let folders: [String]
  private let prefix: String
  private let suffix: String

  package init(in folders: [String], prefix: String, suffix: String = "") {
    self.folders = folders
    self.prefix = prefix
    self.suffix = suffix
  }

  /// Where it is below the folder that the package was unpacked into.
  fileprivate func path(below root: FilePath) throws(HostFileError) -> FilePath? {
    for folder in folders.map({ root.pushing(FilePath($0)) }) where HostFile.exists(folder) {
      let names = try HostFile.names(in: folder)
      if let name = names.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }) {
        return folder.appending(name)
      }
    }
    return nil
  }
}

extension PrivateApt {
  /// Downloads a package and moves one of its files to `target`.
  ///
  /// - Throws: `DebianError`, `ToolError`, `HostFileError`.
  package func take(
    _ file: PackagedFile, from package: String, to target: FilePath
  ) async throws {
    try await take([file: target], from: package)
  }

  /// Downloads a package and moves files of it, each to its target.
  ///
  /// - Throws: as ``take(_:from:to:)``.
  package func take(_ files: [PackagedFile: FilePath], from package: String) async throws {
    let archive = try await download(package)
    let unpacked = root.appending("unpacked").appending(package)
    try HostFile.createDirectory(unpacked)
    _ = try await ToolCommand(
      .named("dpkg-deb"), ["--extract", archive.string, unpacked.string]
    ).output(deadline: Self.deadline)
    for (file, target) in files {
      guard let path = try file.path(below: unpacked) else {
        throw DebianError.notInPackage(package, file: "\(file)")
      }
      try HostFile.rename(path, to: target)
    }
  }
}

extension PackagedFile: CustomStringConvertible {
  /// `usr/src/linux-source-*.tar.xz`.
  package var description: String { "\(folders[0])/\(prefix)*\(suffix)" }
}
