// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage

/// A folder of a test's own, removed when the test is over.
struct ScratchFolder: Sendable {
  let path: FilePath

  static func with<Result>(
    _ body: (ScratchFolder) async throws -> Result
  ) async throws -> Result {
    let path = FilePath("/tmp/cmalab-e2e-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(path)
    do {
      let result = try await body(ScratchFolder(path: path))
      try HostFile.remove(path)
      return result
    } catch {
      try HostFile.remove(path)
      throw error
    }
  }

  /// What is directly in it, sorted.
  var names: [String] {
    get throws { try HostFile.names(in: path) }
  }

  subscript(_ name: String) -> FilePath { path.appending(name) }

  /// Writes a file, with the folders that it needs.
  func write(_ text: String, to name: String) throws -> FilePath {
    let file = path.pushing(FilePath(name))
    try HostFile.createDirectory(file.removingLastComponent())
    try HostFile.write(Array(text.utf8), to: file)
    return file
  }

  /// Copies folders with all that is in them into a new folder of that name.
  func copy(_ folders: [FilePath], to name: String) async throws -> FilePath {
    try HostFile.createDirectory(self[name])
    _ = try await ToolCommand(
      .named("cp"), ["--recursive", "--"] + folders.map(\.string) + [self[name].string]
    ).output(deadline: .seconds(300))
    return self[name]
  }

  /// A folder for PATH with links to programs of this machine, and to nothing else.
  func programs(_ names: [String]) throws -> FilePath {
    let folder = self["bin"]
    try HostFile.createDirectory(folder)
    for name in names {
      let target = try ToolSearch.path(of: name)
      try symbolicLink(from: folder.appending(name), to: target)
    }
    return folder
  }
}
