// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
import Kernels
package import Quantities
package import SystemPackage

/// The shell of an interactive guest: Debian's static busybox for the guest's architecture.
package struct BusyBox: Sendable {
  private let cache: ContentCache

  private static let package = "busybox-static"
  private static let name = "busybox"

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
    let release = try DebianRelease(describedIn: "/etc/os-release")
    let debianName = architecture.debianName
    let key = ContentKey([
      "package": Self.package, "architecture": debianName, "release": release.codename,
    ])
    let entry = try await cache.entry(kind: "shells", key: key) { draft in
      onDownload("\(Self.package):\(debianName)")
      let work = draft.appending("work")
      try HostFile.createDirectory(work)
      let apt = PrivateApt(root: work.appending("apt"), architecture: debianName)
      try await apt.update(from: release)
      let archive = try await apt.download(Self.package, to: work)
      try await extract(archive, in: work, to: draft.appending(Self.name))
      try HostFile.remove(work)
    }
    return entry.appending(Self.name)
  }

  private func extract(
    _ archive: FilePath, in work: FilePath, to target: FilePath
  ) async throws {
    let files = work.appending("files")
    _ = try await ToolCommand(
      .named("dpkg-deb"), ["--extract", archive.string, files.string]
    ).output(deadline: .seconds(60))
    // Where /usr is merged, and where it is not.
    let places = ["usr/bin/busybox", "bin/busybox"].map { files.pushing(FilePath($0)) }
    guard let program = places.first(where: HostFile.exists) else {
      throw DebianError.notInPackage(Self.package, file: "busybox")
    }
    try HostFile.rename(program, to: target)
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
