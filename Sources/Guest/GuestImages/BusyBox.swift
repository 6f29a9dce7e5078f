// SPDX-License-Identifier: Apache-2.0

import DebianPackages
package import HostFiles
package import Quantities
package import SystemPackage

/// The shell of an interactive guest: Debian's static busybox for the guest's architecture.
package struct BusyBox: Sendable {
  private let cache: ContentCache

  private static let package = "busybox-static"
  private static let name = "busybox"
  /// Where /usr is merged, and where it is not.
  private static let file = PackagedFile(in: ["usr/bin", "bin"], prefix: name)

  package init(cache: ContentCache) {
    self.cache = cache
  }

  /// The program, downloaded once and kept.
  ///
  /// - Parameter onDownload: called before apt is asked.
  /// - Throws: `DebianError`, `ToolError`, `ContentCacheError`, `HostFileError`.
  package func program(
    for architecture: Architecture, onDownload: (_ package: String) -> Void
  ) async throws -> FilePath {
    let release = try DebianRelease()
    let debianName = architecture.debianName
    let key = ContentKey([
      "package": Self.package, "architecture": debianName, "release": release.codename,
    ])
    let entry = try await cache.entry(kind: "shells", key: key) { draft in
      onDownload("\(Self.package):\(debianName)")
      let work = draft.appending("work")
      let apt = PrivateApt(
        suites: release.suites, of: release, architecture: debianName, root: work)
      try await apt.update()
      try await apt.take(Self.file, from: Self.package, to: draft.appending(Self.name))
      try HostFile.remove(work)
    }
    return entry.appending(Self.name)
  }
}

extension Architecture {
  /// As Debian names it.
  fileprivate var debianName: String {
    switch self {
    case .arm64: "arm64"
    case .arm: "armhf"
    }
  }
}
