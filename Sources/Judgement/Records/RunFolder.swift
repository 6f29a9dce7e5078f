// SPDX-License-Identifier: Apache-2.0

import Emulator
import FoundationEssentials
package import HostFiles
package import SystemPackage
import Transcripts

/// The folder that keeps a run: all that is needed to look at it, judge it, or start it again.
package struct RunFolder: Hashable, Sendable {
  package let path: FilePath

  package static let recordName = "record.json"
  package static let consoleName = GuestFile.console.rawValue
  package static let blobName = GuestFile.deviceTree.rawValue
  package static let sourceName = "board.dts"
  static let monitorName = GuestFile.monitor.rawValue
  package static let imageName = GuestFile.kernel.rawValue
  static let initramfsName = GuestFile.initramfs.rawValue
  package static let argumentsName = "qemu.argv"
  static let scriptName = "reproduce"
  package static let debugSocketName = "gdb.socket"
  static let debuggerCommandsName = "gdb.commands"
  /// There while a run is written.
  private static let lockName = ".cmalab-lock"

  /// Every file that a run writes.
  private static let fileNames =
    artifacts.values + [
      recordName, imageName, initramfsName, debugSocketName, debuggerCommandsName,
    ]

  /// What the record lists under `artifacts`.
  package static let artifacts = [
    "console": consoleName, "deviceTree": blobName, "deviceTreeSource": sourceName,
    "monitor": monitorName, "arguments": argumentsName, "reproduce": scriptName,
  ]

  package var record: FilePath { path.appending(Self.recordName) }
  package var console: FilePath { path.appending(Self.consoleName) }
  package var script: FilePath { path.appending(Self.scriptName) }
  package var debugSocket: FilePath { path.appending(Self.debugSocketName) }
  package var debuggerCommands: FilePath { path.appending(Self.debuggerCommandsName) }

  /// The folders that have to be made for it, the deepest first.
  private let missingFolders: [FilePath]

  /// A folder for a new run. Nothing is written yet.
  ///
  /// - Throws: `RunFolderError` for what is no folder, or has something else in it than a former
  ///   run, which a record of ours proves: nothing of the user's is overwritten or removed.
  package init(forNewRunAt path: FilePath) throws {
    self.path = path
    var missing: [FilePath] = []
    var folder = path
    while !HostFile.exists(folder), folder.lastComponent != nil {
      missing.append(folder)
      folder.removeLastComponent()
    }
    missingFolders = missing
    guard HostFile.isDirectory(folder) else { throw RunFolderError.notAFolder(folder) }
    guard missing.isEmpty else { return }
    let names = try HostFile.names(in: path).filter { $0 != Self.lockName }
    let hasFolder = Self.fileNames.contains { HostFile.isDirectoryItself(path.appending($0)) }
    guard names.isEmpty || !hasFolder && Self.isOurs(path.appending(Self.recordName)) else {
      throw RunFolderError.inUse(path)
    }
  }

  /// A folder that holds a run, to be read.
  package init(reading path: FilePath) {
    self.path = path
    missingFolders = []
  }

  /// Whether a run is there, or what is left of one.
  package var isRun: Bool { HostFile.exists(record) }

  /// Whether a file is a record of ours, of whatever verdict, and however damaged otherwise.
  private static func isOurs(_ record: FilePath) -> Bool {
    guard let bytes = try? HostFile.read(record, limit: recordLimit),
      let head = try? JSONDecoder().decode(Head.self, from: Data(bytes))
    else { return false }
    return head.schema == RunRecord.currentSchema
  }

  private struct Head: Decodable {
    let schema: String
  }

  /// No record of an honest run comes near this size, in bytes: a guest's trace is the most of it.
  private static let recordLimit = 64 << 20

  /// The record of the run, judged again, with the console and the tree that it was made from.
  ///
  /// - Throws: `RecordDamage`, `HostFileError`.
  package func readRecord() throws -> RunRecord {
    let bytes = try HostFile.read(record, limit: Self.recordLimit)
    let record: RunRecord
    do { record = try RunRecord(json: bytes) } catch { throw error.at(Self.recordName) }
    try expectUnchanged([Self.consoleName, Self.blobName], since: record)
    return record
  }

  /// Holds files of the run against their digests in its record, those that are still there.
  ///
  /// - Throws: `RecordDamage` for the first that is another one, `HostFileError`.
  package func expectUnchanged(_ names: [String], since record: RunRecord) throws {
    for name in names {
      let file = path.appending(name)
      guard let digest = record.digests?[name], HostFile.exists(file) else { continue }
      guard try ContentKey(ofFile: file).hexadecimal == digest else {
        throw RecordDamage(
          "it is not the file that the run had: its SHA-256 is another one", in: name)
      }
    }
  }

  package func write(_ record: RunRecord) throws {
    try HostFile.write(Array(try record.json().utf8), to: self.record)
  }

  /// How much of a console is looked at, in bytes: a longer one is seen to be longer.
  package static let consoleLimit = ConsoleLimits.bytes + 1

  /// What the guest printed, up to ``consoleLimit``; empty where it was not started.
  ///
  /// - Throws: `HostFileError`.
  package func readConsole() throws(HostFileError) -> [UInt8] {
    HostFile.exists(console) ? try HostFile.head(of: console, count: Self.consoleLimit) : []
  }

  /// Makes the folder and keeps it from other runs while `body` writes there. The folders that were
  /// made for it and have nothing in them then are removed again.
  ///
  /// - Throws: `RunFolderError.busy`, at once, where another run is written; what `body` throws.
  package func reserved<Value: Sendable>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    defer { discardFolders() }
    try HostFile.createDirectory(path)
    let lock = path.appending(Self.lockName)
    guard let value = try await FileLock.withFreeLock(at: lock, body) else {
      throw RunFolderError.busy(path)
    }
    return value
  }

  /// Removes what a former run left but the record, by which the folder is known.
  package func clear() throws(HostFileError) {
    for name in Self.fileNames where name != Self.recordName {
      try HostFile.unlink(path.appending(name))
    }
  }

  /// Takes back the files of a run that came to nothing.
  package func discardFiles() {
    // Whoever discards has a better error to tell than that this did not work either.
    for name in Self.fileNames { try? HostFile.unlink(path.appending(name)) }
  }

  /// Takes back a former run: its files and its folder, where nobody writes there and nothing else
  /// is in it.
  package func remove() {
    guard !HostFile.exists(path.appending(Self.lockName)) else { return }
    discardFiles()
    _ = HostFile.removeEmptyDirectory(path)
  }

  private func discardFolders() {
    for folder in missingFolders {
      guard HostFile.removeEmptyDirectory(folder) else { return }
    }
  }

  /// Puts a file of the cache under a name in the folder, so that the run outlives the cache.
  package func link(_ file: FilePath, as name: String) throws {
    try HostFile.linkOrCopy(file, to: path.appending(name))
  }
}

/// Why a folder cannot hold a run.
package enum RunFolderError: Error, Hashable, CustomStringConvertible {
  case inUse(FilePath)
  case busy(FilePath)
  case notAFolder(FilePath)

  package var description: String {
    switch self {
    case .inUse(let path):
      "\(path) has files that are not a run's: give --out a new or empty folder"
    case .busy(let path):
      "\(path) is being written by another run: wait for it, or give --out another folder"
    case .notAFolder(let path):
      "\(path) is not a folder: give --out a new or empty one"
    }
  }
}
