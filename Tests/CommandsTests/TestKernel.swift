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

  /// Asked once: the answer is the same for every test.
  private static let located = Task { try await locate() }

  private static func locate() async throws -> FilePath {
    let cache = try ContentCache.ofUser(environment: TestEnvironment.variables)
    let built = (try? HostFile.names(in: cache.root.appending("kernels"))) ?? []
    guard !built.isEmpty else { throw Missing(cache: cache.root) }
    do {
      let result = try await CMALabProcess(["build", "kernel"]).result(deadline: .seconds(30))
      return FilePath(String(result.output.prefix { $0 != "\n" }))
    } catch let error as ToolError {
      guard case .timedOut = error.reason else { throw error }
      throw Missing(cache: cache.root)
    }
  }

  struct Missing: Error, CustomStringConvertible {
    let cache: FilePath

    var description: String {
      "there is no kernel of these sources in \(cache): 'make test' builds it, "
        + "and so does 'cmalab build kernel'"
    }
  }
}
