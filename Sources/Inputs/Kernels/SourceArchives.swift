// SPDX-License-Identifier: Apache-2.0

import DebianPackages
import HostFiles
import HostProcesses
import Quantities
import SystemPackage

/// Where the kernel lines' source archives are, or come from.
struct SourceArchives: Sendable {
  let cache: ContentCache
  let onEvent: @Sendable (KernelBuildEvent) -> Void

  private static let name = "source.tar.xz"
  /// Which suite the archive is from, for people.
  private static let originName = "origin"
  static let kind = "kernel-archives"

  /// The archive of a line that need not be downloaded; nil where it must.
  func present(of line: KernelLine) -> FilePath? {
    if HostFile.exists(line.installedArchive) { return line.installedArchive }
    return download(of: line)?.appending(Self.name)
  }

  /// Where the archive that is ``present(of:)`` is from: a suite, or `installed`.
  func origin(of line: KernelLine) -> String? {
    if HostFile.exists(line.installedArchive) { return "installed" }
    guard let entry = download(of: line),
      let bytes = try? HostFile.read(entry.appending(Self.originName), limit: 1 << 10)
    else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Forgets the downloaded archive of a line, so that the suites are asked again.
  ///
  /// - Returns: whether there was one.
  func forget(_ line: KernelLine) async throws -> Bool {
    try await cache.remove(kind: Self.kind, name: Self.key(of: line).hexadecimal)
  }

  static func key(of line: KernelLine) -> ContentKey {
    ContentKey(["package": line.package, "suites": line.suites.joined(separator: " ")])
  }

  private func download(of line: KernelLine) -> FilePath? {
    cache.existing(kind: Self.kind, key: Self.key(of: line))
  }

  /// The archive of a line: the one that the host has installed, else the newest of its suites',
  /// downloaded once.
  ///
  /// - Throws: `DebianError`, `ToolError`, `HostFileError`.
  func archive(of line: KernelLine) async throws -> FilePath {
    if HostFile.exists(line.installedArchive) { return line.installedArchive }
    // Of 130 MB, which carry checksums of their own, the sizes have to do.
    let entry = try await cache.entry(
      kind: Self.kind, key: Self.key(of: line), readsContent: false
    ) { draft in
      let work = draft.appending("work")
      let offer = try await newestOffer(of: line, in: work)
      onEvent(.downloading("\(line.package) \(offer.version) from \(offer.suite)"))
      try await offer.apt.take(
        PackagedFile(in: ["usr/src"], prefix: "linux-source-", suffix: ".tar.xz"),
        from: line.package, to: draft.appending(Self.name))
      try HostFile.write(Array("\(offer.suite)\n".utf8), to: draft.appending(Self.originName))
      try HostFile.remove(work)
    }
    return entry.appending(Self.name)
  }

  /// A suite that has the package.
  private struct Offer: Sendable {
    let suite: String
    let version: String
    let apt: PrivateApt

    /// - Throws: `ToolError` where dpkg is missing.
    func isNewer(than other: Offer) async throws -> Bool {
      let comparison = ToolCommand(
        .named("dpkg"), ["--compare-versions", version, "gt", other.version])
      return try await comparison.collect(deadline: .seconds(10)).status.isSuccess
    }
  }

  /// Asks all suites side by side; of equal versions, the suite that is named first counts.
  private func newestOffer(of line: KernelLine, in work: FilePath) async throws -> Offer {
    let release = try DebianRelease()
    let answers = try await withThrowingTaskGroup(of: (Int, Result<Offer, DebianError>).self) {
      group in
      for (place, suite) in line.suites.enumerated() {
        let root = work.appending(suite)
        // The package is for every architecture; apt wants one named all the same.
        let apt = PrivateApt(suites: [suite], of: release, architecture: "amd64", root: root)
        group.addTask { (place, try await Self.offer(of: line.package, by: apt, in: suite)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }
    var newest: Offer?
    var refusals: [DebianError] = []
    for answer in answers {
      switch answer {
      case .success(let offer):
        if let best = newest, !(try await offer.isNewer(than: best)) { continue }
        newest = offer
      case .failure(let reason):
        refusals.append(reason)
      }
    }
    guard let newest else { throw DebianError.nowhere(line.package, reasons: refusals) }
    for refusal in refusals { onEvent(.passedOver("\(refusal)")) }
    return newest
  }

  private static func offer(
    of package: String, by apt: PrivateApt, in suite: String
  ) async throws -> Result<Offer, DebianError> {
    do {
      try await apt.update()
      return .success(
        Offer(suite: suite, version: try await apt.version(of: package), apt: apt))
    } catch let reason as DebianError {
      return .failure(reason)
    }
  }
}
