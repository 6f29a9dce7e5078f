// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Runs

extension Session {
  /// The session of this process, which shows its progress on standard error.
  ///
  /// - Throws: `InstallationError`, `HostFileError`.
  static func ofThisProcess() throws -> Session {
    try ofThisProcess(with: try HostEnvironment.cache())
  }

  /// Lends the session of this process to a command that can do without a cache.
  ///
  /// - Parameter startsGuests: for what guests need, a cache has to be there all the same.
  /// - Throws: as ``ofThisProcess()``; what `body` throws.
  static func ofThisProcess<Value>(
    startingGuests startsGuests: Bool = false, _ body: (Session) async throws -> Value
  ) async throws -> Value {
    if startsGuests { return try await body(try ofThisProcess()) }
    return try await HostEnvironment.withAnyCache { try await body(try ofThisProcess(with: $0)) }
  }

  private static func ofThisProcess(with cache: ContentCache) throws -> Session {
    let progress = BuildProgress()
    return Session(
      installation: try HostEnvironment.installation(), cache: cache,
      jobs: ThisProcess.processorCount, onBuild: { progress.show($0) })
  }
}
