// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import Quantities
package import SystemPackage
import YAMLFiles

/// The board files of a directory, by name.
package struct BoardCatalogue: Hashable, Sendable {
  package let directory: FilePath

  /// Board files are a page long; nobody's board needs more than this.
  package static let largestFile = ByteCount.kibibytes(256)

  package init(directory: FilePath) {
    self.directory = directory
  }

  /// The boards there are, sorted.
  ///
  /// A file with another extension or with no board's name is not one of them.
  /// Throws ``BoardCatalogueError/unreadableDirectory(_:)``.
  package func names() throws -> [String] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: directory.string)
    } catch {
      throw BoardCatalogueError.unreadableDirectory(directory)
    }
    return files.map { FilePath($0) }
      .filter { $0.extension == "yaml" }
      .compactMap(\.stem)
      .filter(BoardName.isName)
      .sorted()
  }

  /// Reads a board by name, or by path where `name` has a slash or ends in `.yaml`.
  ///
  /// Throws ``BoardCatalogueError``, or ``YAMLFileError`` for what the file says.
  package func board(named name: String) throws -> Board {
    if Self.isPath(name) {
      return try Self.board(at: FilePath(name))
    }
    guard BoardName.isName(name) else { throw try unknown(name) }
    do {
      return try Self.board(at: directory.appending("\(name).yaml"))
    } catch BoardCatalogueError.unreadableFile(_, .noSuchFileOrDirectory) {
      throw try unknown(name)
    }
  }

  /// Whether a board is named by its file's path.
  package static func isPath(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".yaml")
  }

  private func unknown(_ name: String) throws -> BoardCatalogueError {
    if FileManager.default.fileExists(atPath: name) { return .notABoardFile(name) }
    return .unknownBoard(name, nearest: NearestNames(to: name, among: try names()).names)
  }

  private static func board(at path: FilePath) throws -> Board {
    try Board(text(of: path), name: path.stem ?? "")
  }

  /// The file's text.
  ///
  /// Little more than the limit is read, whatever the path leads to, and a FIFO without a writer
  /// does not block.
  private static func text(of path: FilePath) throws -> YAMLText {
    let limit = Int(largestFile.bytes)
    var bytes: [UInt8] = []
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
      try file.closeAfter {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
          let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
          if count == 0 { break }
          bytes += chunk[..<count]
        }
      }
    } catch let error as Errno {
      throw BoardCatalogueError.unreadableFile(path, error)
    }
    guard bytes.count <= limit else { throw BoardCatalogueError.tooLarge(path) }
    return try YAMLText(file: path.string, bytes: bytes)
  }
}
