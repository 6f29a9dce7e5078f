// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage

/// The kernel that the tests boot, out of the user's cache.
enum TestKernel {
  /// The image of the default line.
  ///
  /// - Throws: `Missing` where it has not been built: a test is no place for minutes of compiling.
  static func image() async throws -> FilePath { try await located.value }

  /// The image of a line, on the same terms.
  static func image(line: String) async throws -> FilePath { try await locate(line: line) }

  /// Gives a cache the sources that were downloaded for the user's own, so that it downloads none.
  static func copyArchives(to cache: FilePath) async throws {
    let archives = try ContentCache.ofUser(environment: TestEnvironment.variables).root
      .appending("kernel-archives")
    // None was downloaded where the host has the package installed.
    guard HostFile.exists(archives) else { return }
    try HostFile.createDirectory(cache)
    _ = try await ToolCommand(
      .named("cp"), ["--recursive", "--", archives.string, cache.string]
    ).output(deadline: .seconds(300))
  }

  /// Asked once: the answer is the same for every test.
  private static let located = Task { try await locate() }

  private static func locate(line: String? = nil) async throws -> FilePath {
    let cache = try ContentCache.ofUser(environment: TestEnvironment.variables)
    let built = (try? HostFile.names(in: cache.root.appending("kernels"))) ?? []
    guard !built.isEmpty else { throw Missing(line: line, cache: cache.root) }
    do {
      let result = try await CMALabProcess(
        ["build", "kernel"] + (line.map { ["--kernel", $0] } ?? [])
      ).result(deadline: .seconds(300))
      return FilePath(String(result.output.prefix { $0 != "\n" }))
    } catch let error as ToolError {
      guard case .timedOut = error.reason else { throw error }
      throw Missing(line: line, cache: cache.root)
    }
  }

  struct Missing: Error, CustomStringConvertible {
    /// Nil for the default one.
    let line: String?
    let cache: FilePath

    var description: String {
      "there is no kernel\(line.map { " \($0)" } ?? "") of these sources in \(cache): "
        + "'make test' builds it, and so does 'cmalab build kernel'"
    }
  }
}
