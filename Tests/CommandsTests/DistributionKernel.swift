// SPDX-License-Identifier: Apache-2.0

import DebianPackages
import HostFiles
import SystemPackage

/// A kernel as the host's own Debian release ships it for another architecture.
struct DistributionKernel: Hashable, Sendable {
  /// A package that depends on the current kernel's own: `linux-image-arm64`.
  let package: String
  /// As Debian names it: `arm64`.
  let architecture: String

  static let debianARM64 = DistributionKernel(package: "linux-image-arm64", architecture: "arm64")

  /// Its vmlinuz, downloaded once and kept.
  ///
  /// - Throws: `DebianError`, `ToolError`, `ContentCacheError`, `HostFileError`.
  func image(in cache: ContentCache) async throws -> FilePath {
    let release = try DebianRelease()
    let key = ContentKey([
      "package": package, "architecture": architecture, "release": release.codename,
    ])
    let entry = try await cache.entry(kind: "distribution-kernels", key: key) { draft in
      let work = draft.appending("work")
      let apt = PrivateApt(
        suites: release.suites, of: release, architecture: architecture, root: work)
      try await apt.update()
      try await apt.take(
        Self.file, from: try await kernelPackage(apt), to: draft.appending(Self.imageName))
      try HostFile.remove(work)
    }
    return entry.appending(Self.imageName)
  }

  private static let imageName = "vmlinuz"
  private static let file = PackagedFile(in: ["boot"], prefix: "vmlinuz-")

  /// The package that the current kernel is in: `linux-image-6.1.0-56-arm64`.
  private func kernelPackage(_ apt: PrivateApt) async throws -> String {
    let dependencies = try await apt.dependencies(of: package)
    guard let kernel = dependencies.first(where: { $0.hasPrefix("linux-image-") }) else {
      throw DebianError.notInPackage(package, file: "kernel")
    }
    return kernel
  }
}
