// SPDX-License-Identifier: Apache-2.0
import HostFiles
package import SystemPackage

/// The folder that keeps a run: all that is needed to look at it, judge it, or start it again.
package struct RunDirectory: Hashable, Sendable {
  package let path: FilePath

  package static let recordName = "record.json"
  package static let consoleName = "console.log"
  static let blobName = "board.dtb"
  static let sourceName = "board.dts"
  static let monitorName = "monitor.bin"
  static let imageName = "Image"
  static let initramfsName = "initramfs.cpio"
  static let argumentsName = "qemu.argv"
  static let scriptName = "reproduce"

  /// What the record lists under `artifacts`.
  static let artifacts = [
    "console": consoleName, "deviceTree": blobName, "deviceTreeSource": sourceName,
    "monitor": monitorName, "arguments": argumentsName, "reproduce": scriptName,
  ]

  package var record: FilePath { path.appending(Self.recordName) }
  package var console: FilePath { path.appending(Self.consoleName) }
  package var script: FilePath { path.appending(Self.scriptName) }

  /// Makes the folder ready for a new run.
  ///
  /// - Throws: `RunDirectoryError.inUse` for a folder with something else in it than a former run:
  ///   nothing of the user's is overwritten.
  package init(preparing path: FilePath) throws {
    self.path = path
    if HostFile.exists(path) {
      let names = try HostFile.names(in: path)
      guard names.isEmpty || names.contains(Self.recordName) else {
        throw RunDirectoryError.inUse(path)
      }
      for name in Self.artifacts.values where names.contains(name) {
        try HostFile.remove(path.appending(name))
      }
    }
    try HostFile.createDirectory(path)
  }

  /// A folder that holds a run, to be read.
  package init(reading path: FilePath) {
    self.path = path
  }

  /// Puts a file of the cache under a name in the folder, so that the run outlives the cache.
  func link(_ file: FilePath, as name: String) throws {
    let target = path.appending(name)
    try HostFile.remove(target)
    try HostFile.linkOrCopy(file, to: target)
  }
}

/// Why a folder cannot hold a run.
package enum RunDirectoryError: Error, Hashable, CustomStringConvertible {
  case inUse(FilePath)

  package var description: String {
    switch self {
    case .inUse(let path):
      "\(path) has files that are not a run's: give --out a new or empty folder"
    }
  }
}
