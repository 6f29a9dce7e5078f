// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import Kernels
import Quantities
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
    let release = try DebianRelease(describedIn: "/etc/os-release")
    let key = ContentKey([
      "package": package, "architecture": architecture, "release": release.codename,
    ])
    let entry = try await cache.entry(kind: "distribution-kernels", key: key) { draft in
      let work = draft.appending("work")
      try HostFile.createDirectory(work)
      let apt = PrivateApt(root: work.appending("apt"), architecture: architecture)
      try await apt.update(from: release)
      let archive = try await apt.download(try await kernelPackage(apt), to: work)
      try await extractImage(of: archive, in: work, to: draft.appending(Self.imageName))
      try HostFile.remove(work)
    }
    return entry.appending(Self.imageName)
  }

  private static let imageName = "vmlinuz"

  /// The package that the current kernel is in: `linux-image-6.1.0-56-arm64`.
  private func kernelPackage(_ apt: PrivateApt) async throws -> String {
    let dependencies = try await apt.dependencies(of: package)
    guard let kernel = dependencies.first(where: { $0.hasPrefix("linux-image-") }) else {
      throw DebianError.notInPackage(package, file: "kernel")
    }
    return kernel
  }

  private func extractImage(
    of archive: FilePath, in work: FilePath, to image: FilePath
  ) async throws {
    let files = work.appending("files")
    _ = try await ToolCommand(
      .named("dpkg-deb"), ["--extract", archive.string, files.string]
    ).output(deadline: .seconds(300))
    let boot = files.appending("boot")
    guard let name = try HostFile.names(in: boot).first(where: { $0.hasPrefix("vmlinuz-") }) else {
      throw DebianError.notInPackage(archive.lastComponent?.string ?? package, file: "vmlinuz")
    }
    try HostFile.rename(boot.appending(name), to: image)
  }
}
