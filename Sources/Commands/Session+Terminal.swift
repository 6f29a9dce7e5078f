// SPDX-License-Identifier: Apache-2.0

import Runs

extension Session {
  /// The session of this process, which shows its progress on standard error.
  ///
  /// - Throws: `InstallationError`, `HostFileError`.
  static func ofThisProcess() throws -> Session {
    let progress = BuildProgress()
    return Session(
      installation: try HostEnvironment.installation(), cache: try HostEnvironment.cache(),
      jobs: HostEnvironment.processorCount, onBuild: { progress.show($0) })
  }
}
