// SPDX-License-Identifier: Apache-2.0
import Glibc
package import SystemPackage

/// Where the programs of the host are.
package enum ToolSearch {
  /// The first executable file of that name in PATH.
  ///
  /// - Throws: `ToolError` with the reason `notFound`.
  package static func path(of program: String) throws(ToolError) -> FilePath {
    guard let found = find(program) else { throw ToolError(program: program, reason: .notFound) }
    return found
  }

  /// Where a command's program is.
  ///
  /// - Throws: `ToolError`, that of a path where there is nothing to run too.
  static func path(of program: ToolCommand.Program) throws(ToolError) -> FilePath {
    switch program {
    case .named(let name): return try path(of: name)
    case .path(let path):
      guard path.withPlatformString({ access($0, X_OK) }) == 0 else {
        throw ToolError(
          program: path.string, reason: .notStarted("\(Errno(rawValue: errno))"))
      }
      return path
    }
  }

  private static func find(_ program: String) -> FilePath? {
    guard let path = getenv("PATH") else { return nil }
    for folder in String(cString: path).split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(program)"
      guard access(candidate, X_OK) == 0 else { continue }
      let path = FilePath(candidate)
      if (try? path.stat())?.type == .regular { return path }
    }
    return nil
  }
}
