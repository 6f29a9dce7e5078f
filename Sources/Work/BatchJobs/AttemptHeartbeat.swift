// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import SystemPackage

/// The sign of an attempt that it lives: the time of change of a file, also on a full disk.
package struct AttemptHeartbeat: Sendable {
  /// Between two beats.
  package static let interval = Duration.seconds(10)
  /// An attempt that has been silent for as long is taken for lost: a cut cable is noticed by Slurm
  /// after some 30 s (SlurmdTimeout's default is 300 s).
  package static let patience = Duration.seconds(60)

  private let path: FilePath

  package init(of attempt: AttemptFolder) {
    path = attempt.heartbeat
  }

  /// Beats until it is cancelled.
  package func beat() async throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    defer { try? file.close() }
    while !Task.isCancelled {
      // A file system that is away for a while is no reason to stop; results say whether it is.
      _ = futimens(file.rawValue, nil)
      try? await Task.sleep(for: Self.interval)
    }
  }

  /// How long ago it last beat; nil where it never did.
  package var silence: Duration? {
    guard let changed = try? path.stat().st_mtim else { return nil }
    let seconds = Double(changed.tv_sec) + Double(changed.tv_nsec) / 1e9
    return .seconds(max(0, AttemptFolder.now - seconds))
  }
}
