// SPDX-License-Identifier: Apache-2.0

import DebianPackages
import Glibc
import HostFiles
import Quantities
import SystemPackage
import Testing

/// A kernel as Debian ships it for another architecture.
struct DistributionKernel: Hashable, Sendable, CustomTestStringConvertible {
  /// A package that depends on the current kernel's own: `linux-image-arm64`.
  let package: String
  let architecture: Architecture
  /// Of the mirrors that the host's apt knows; nil for the suites of the host's own release.
  private(set) var suite: String?

  static let debianARM64 = DistributionKernel(package: "linux-image-arm64", architecture: .arm64)

  /// One for each architecture, and for 32-bit ARM the one with LPAE as well.
  private static let all = [
    debianARM64, DistributionKernel(package: "linux-image-armmp", architecture: .arm),
    DistributionKernel(package: "linux-image-armmp-lpae", architecture: .arm),
  ]

  /// Those of the suites that `$CMALAB_TEST_SUITES` names, separated by blanks; without it those of
  /// the host's release, so that a test run downloads no more.
  static let asked: [DistributionKernel] = {
    let suites = getenv("CMALAB_TEST_SUITES").map { String(cString: $0) } ?? ""
    let named = suites.split(separator: " ").flatMap { suite in
      all.map { kernel in
        var kernel = kernel
        kernel.suite = String(suite)
        return kernel
      }
    }
    return named.isEmpty ? all : named
  }()

  var testDescription: String { suite.map { "\(package) of \($0)" } ?? package }

  /// A kernel and how it is configured.
  struct Files: Sendable {
    let image: FilePath
    let configuration: FilePath
  }

  /// Its vmlinuz and its .config, downloaded once and kept.
  ///
  /// - Throws: `DebianError`, `ToolError`, `ContentCacheError`, `HostFileError`.
  func files(in cache: ContentCache) async throws -> Files {
    let release = try DebianRelease()
    let key = ContentKey([
      "package": package, "architecture": debianName,
      "suites": suites(of: release).joined(separator: " "),
    ])
    let entry = try await cache.entry(kind: "distribution-kernels", key: key) { draft in
      let work = draft.appending("work")
      let apt = try await apt(of: release, root: work)
      let files = files(below: draft)
      for (package, members) in try await packages(apt) {
        try await apt.take(
          members.mapValues { files[keyPath: $0] }, from: package)
      }
      try HostFile.remove(work)
    }
    return files(below: entry)
  }

  /// The packages as apt downloads them; one is both where it has the kernel and its .config.
  ///
  /// - Throws: as ``files(in:)``.
  func packages(in scratch: ScratchFolder) async throws -> Files {
    let apt = try await apt(of: try DebianRelease(), root: scratch["apt"])
    var archives: [PartialKeyPath<Files>: FilePath] = [:]
    for (package, members) in try await packages(apt) {
      let archive = try await apt.download(package)
      for path in members.values { archives[path] = archive }
    }
    return Files(
      image: try #require(archives[\.image]),
      configuration: try #require(archives[\.configuration]))
  }

  private func apt(of release: DebianRelease, root: FilePath) async throws -> PrivateApt {
    let apt = PrivateApt(
      suites: suites(of: release), of: release, architecture: debianName, root: root)
    try await apt.update()
    return apt
  }

  private func suites(of release: DebianRelease) -> [String] {
    suite.map { [$0] } ?? release.suites
  }

  private func files(below entry: FilePath) -> Files {
    Files(image: entry.appending("vmlinuz"), configuration: entry.appending("config"))
  }

  private var debianName: String {
    switch architecture {
    case .arm64: "arm64"
    case .arm: "armhf"
    }
  }

  /// The packages that the current kernel is in, and what is wanted of each.
  ///
  /// Until Linux 7.0 all is in `linux-image-6.1.0-56-arm64`; since then that one is empty, and depends
  /// on packages of the image and of what is beside it.
  private func packages(
    _ apt: PrivateApt
  ) async throws -> [String: [PackagedFile: KeyPath<Files, FilePath>]] {
    func first(_ prefix: String, _ names: [String]) -> String? {
      names.first { $0.hasPrefix(prefix) }
    }
    guard let kernel = first("linux-image-", try await apt.dependencies(of: package)) else {
      throw DebianError.notInPackage(package, file: "kernel")
    }
    let parts = try await apt.dependencies(of: kernel)
    guard let binary = first("linux-binary-", parts), let base = first("linux-base-", parts) else {
      return [
        kernel: [
          PackagedFile(in: ["boot"], prefix: "vmlinuz-"): \.image,
          PackagedFile(in: ["boot"], prefix: "config-"): \.configuration,
        ]
      ]
    }
    let modules = "usr/lib/modules/\(kernel.dropFirst("linux-image-".count))"
    return [
      binary: [PackagedFile(in: [modules], prefix: "vmlinuz"): \.image],
      base: [PackagedFile(in: [modules], prefix: "config"): \.configuration],
    ]
  }
}
