// SPDX-License-Identifier: Apache-2.0

import Advice
import BoardImports
import BootLogs
import Explanations
import FlattenedTree
import Guests
import HostFiles
import Kernels
import Records
import SystemPackage

/// What a user has of a board, besides its log.
struct BoardEvidence {
  private let tree: OwnerTree?
  private let configuration: GivenConfiguration?
  private let listing: MemoryListing?

  /// Reads the device tree, the .config and /proc/iomem, where there are any.
  init(tree: FilePath?, kernelConfig: FilePath?, iomem: FilePath? = nil) async throws {
    if let tree {
      self.tree = try await Self.read(tree: tree)
    } else {
      self.tree = nil
    }
    configuration = try kernelConfig.map { file in
      let text = try Self.text(of: file, limit: 4 << 20)
      guard let release = KernelKnowledge.release(in: text) else {
        throw PredictionError.noRelease(file)
      }
      return GivenConfiguration(
        file: file.string, text: text, release: release,
        options: KernelKnowledge.configuration(of: text))
    }
    listing = try iomem.map {
      try MemoryListing(file: $0.string, text: Self.text(of: $0, limit: 1 << 20))
    }
  }

  private static func text(of file: FilePath, limit: Int) throws(HostFileError) -> String {
    String(decoding: try HostFile.read(file, limit: limit), as: UTF8.self)
  }

  private static func read(tree path: FilePath) async throws -> OwnerTree {
    guard let tree = OwnerTree(file: path.string, blob: try await TreeFile.read(path).blob) else {
      throw UnreadableTree(path: path.string)
    }
    return tree
  }

  /// A log that was read.
  struct NamedLog {
    let name: String
    let log: BootLog
  }

  /// Explains a log.
  func explanation(of log: NamedLog) -> Explanation {
    Explainer(log: log.name, tree: tree, configuration: configuration?.options)
      .explanation(of: log.log)
  }

  /// A board file of the last boot of a log, and of all else that there is.
  ///
  /// - Parameters:
  ///   - log: nil for none.
  ///   - hasFiles: as of `BoardImport`.
  /// - Throws: `ImportFault`.
  func board(
    named name: String?, from log: NamedLog?, withFilesBeside hasFiles: Bool
  ) throws(ImportFault) -> BoardImport {
    var sources = BoardSources(tree: tree, listing: listing, configuration: configuration)
    if let log, let boot = log.log.boots.last { sources.log = (file: log.name, boot: boot) }
    return try BoardImport(name: name, from: sources, withFilesBeside: hasFiles)
  }

  /// - Parameter path: of a file, or `-` for standard input.
  static func read(log path: FilePath) throws(UnreadableLog) -> NamedLog {
    let isInput = path == "-"
    let name = isInput ? Explainer.standardInput : path.string
    let log: BootLog
    do {
      log = try isInput ? Self.log(from: .standardInput) : Self.log(at: path)
    } catch {
      throw UnreadableLog(name: name, reason: "\(error)")
    }
    guard !log.boots.isEmpty else {
      throw UnreadableLog(
        name: name,
        reason: log.lineCount == 0
          ? "it is empty"
          : "none of its \(log.lineCount) lines is a kernel's: give what dmesg, 'journalctl -k' or "
            + "a serial capture shows")
    }
    return NamedLog(name: name, log: log)
  }

  private static func log(at path: FilePath) throws -> BootLog {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter { try log(from: file) }
  }

  private static let chunkSize = 1 << 20

  private static func log(from file: FileDescriptor) throws -> BootLog {
    var reader = BootLogReader()
    while true {
      let chunk = try [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard !chunk.isEmpty else { return reader.finish() }
      reader.read(chunk)
    }
  }
}

/// A file that is not a log, or cannot be read.
struct UnreadableLog: Error, CustomStringConvertible {
  let name: String
  let reason: String

  var description: String { "\(name): \(reason)" }
}
