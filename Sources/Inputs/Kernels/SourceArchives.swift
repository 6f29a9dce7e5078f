// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import Quantities
import SystemPackage

/// Where the kernel lines' source archives are, or come from.
struct SourceArchives: Sendable {
  let cache: ContentCache
  let onEvent: @Sendable (KernelBuildEvent) -> Void

  private static let name = "source.tar.xz"
  static let kind = "kernel-archives"

  /// The archive of a line that need not be downloaded; nil where it must.
  func present(of line: KernelLine) -> FilePath? {
    if HostFile.exists(line.installedArchive) { return line.installedArchive }
    return cache.existing(kind: Self.kind, key: key(of: line))?.appending(Self.name)
  }

  /// Forgets the downloaded archive of a line, so that the suite is asked again.
  ///
  /// - Returns: whether there was one.
  func forget(_ line: KernelLine) async throws -> Bool {
    try await cache.remove(kind: Self.kind, name: key(of: line).hexadecimal)
  }

  private func key(of line: KernelLine) -> ContentKey {
    ContentKey(["package": line.package, "suite": line.suite])
  }

  /// The archive of a line: the one that the host has installed, else the suite's own package,
  /// downloaded once by an apt of our own.
  ///
  /// - Throws: `DebianError`, `ToolError`, `HostFileError`.
  func archive(of line: KernelLine) async throws -> FilePath {
    if HostFile.exists(line.installedArchive) { return line.installedArchive }
    let entry = try await cache.entry(kind: Self.kind, key: key(of: line)) { draft in
      onEvent(.downloading("\(line.package) from \(line.suite)"))
      let work = draft.appending("work")
      try HostFile.createDirectory(work)
      // The package is for every architecture; apt wants one named all the same.
      let apt = PrivateApt(root: work.appending("apt"), architecture: "amd64")
      try await apt.update(
        from: try DebianRelease(describedIn: "/etc/os-release"), suite: line.suite)
      let package = try await sourcePackage(line, apt)
      let archive = try await apt.download(package, to: work)
      try await extract(archive, of: package, in: work, to: draft.appending(Self.name))
      try HostFile.remove(work)
    }
    return entry.appending(Self.name)
  }

  /// The newest line's package only names the one that has the source now.
  private func sourcePackage(_ line: KernelLine, _ apt: PrivateApt) async throws -> String {
    let prefix = "linux-source-"
    if line.package.hasPrefix(prefix) { return line.package }
    let dependencies = try await apt.dependencies(of: line.package)
    guard let package = dependencies.first(where: { $0.hasPrefix(prefix) }) else {
      throw DebianError.notInPackage(line.package, file: "source")
    }
    return package
  }

  private func extract(
    _ package: FilePath, of name: String, in work: FilePath, to target: FilePath
  ) async throws {
    let files = work.appending("files")
    _ = try await ToolCommand(
      .named("dpkg-deb"), ["--extract", package.string, files.string]
    ).output(deadline: .seconds(300))
    let folder = files.appending("usr").appending("src")
    guard let archive = try HostFile.names(in: folder).first(where: { $0.hasSuffix(".tar.xz") })
    else { throw DebianError.notInPackage(name, file: "source archive") }
    try HostFile.rename(folder.appending(archive), to: target)
  }
}
