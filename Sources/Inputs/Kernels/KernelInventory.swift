// SPDX-License-Identifier: Apache-2.0
package import HostFiles
package import MemoryRequests
package import Quantities
package import SystemPackage

/// A kernel that lies in the cache.
package struct CachedKernel: Hashable, Sendable {
  /// Of its folder in the cache.
  package let name: String
  /// As the build wrote it down: `6.1.192`.
  package let release: String
  /// What it was built for.
  package let target: KernelTarget
  package let isDebug: Bool
  package let hasDebugInfo: Bool
  /// The default pool that its configuration sets.
  package let pool: KconfigPool
  /// What was added to its configuration.
  package var additions: [KernelOption] = []
  /// The line that would build it today; nil where the line's source, options or the compiler are no
  /// longer what they were, so that nobody will ask for it again.
  package let line: String?
  /// With the folder that modules are built against.
  package let size: ByteCount

  /// Whether it was made from another kernel, from which it differs in the default pool alone: seconds
  /// make it again.
  package var isSibling: Bool { pool != .none }
}

/// The kernels of the cache and what they are built from: what is there, and what can go.
package struct KernelInventory: Sendable {
  private let configurationFolder: FilePath
  let cache: ContentCache
  package let lines: [KernelLine]

  /// - Parameter configurationFolder: `kernel-config` of the installation.
  package init(configurationFolder: FilePath, cache: ContentCache) throws {
    self.configurationFolder = configurationFolder
    self.cache = cache
    lines = try KernelLines(configuration: configurationFolder).lines
  }

  /// Every kernel that is there and whole, by release.
  ///
  /// - Throws: `KernelError`, `HostFileError`, `ToolError`.
  package func kernels() async throws -> [CachedKernel] {
    let names = try cache.names(ofKind: KernelBuilder.kind)
    guard !names.isEmpty else { return [] }
    let present = try await presentSources()
    // Who has no compiler for an architecture cannot build its kernels: they are out of date.
    var compilers: [Architecture: String] = [:]
    for architecture in Architecture.allCases {
      compilers[architecture] = try? await builder.compiler(Toolchain(for: architecture))
    }
    return try names.compactMap { try kernel(named: $0, sources: present, compilers: compilers) }
      .sorted { ($0.release, $0.name) < ($1.release, $1.name) }
  }

  /// The bytes of unpacked sources and downloaded archives.
  package func sourceSize() throws -> ByteCount {
    let kinds = [KernelBuilder.sourceKind, SourceArchives.kind]
    let sizes = try kinds.map { try HostFile.size(below: cache.root.appending($0)).bytes }
    return ByteCount(sizes.reduce(0, +))
  }

  /// Forgets a downloaded source, so that the next build asks the suite for the one it has then.
  ///
  /// - Returns: whether one had been downloaded.
  package func forgetSource(of line: KernelLine) async throws -> Bool {
    try await archives.forget(line)
  }

  /// The line that is meant where none is named.
  package var defaultLine: KernelLine {
    get throws { try KernelLines(configuration: configurationFolder).line(named: nil) }
  }

  /// Where the source of a line is from: `installed`, or a suite; nil where it is still to be
  /// downloaded.
  package func origin(of line: KernelLine) -> String? { archives.origin(of: line) }

  private var archives: SourceArchives { SourceArchives(cache: cache, onEvent: { _ in }) }

  private var builder: KernelBuilder {
    KernelBuilder(
      configurationFolder: configurationFolder, cache: cache, jobs: 1, onEvent: { _ in })
  }

  /// The lines whose source need not be downloaded, with the digests of its archive.
  func presentSources() async throws -> [(line: KernelLine, digest: String)] {
    var sources: [(KernelLine, String)] = []
    for line in lines {
      guard let archive = archives.present(of: line) else { continue }
      sources.append((line, try await FileFingerprints(cache: cache).digest(of: archive)))
    }
    return sources
  }

  private func kernel(
    named name: String, sources: [(line: KernelLine, digest: String)],
    compilers: [Architecture: String]
  ) throws -> CachedKernel? {
    let path = cache.root.appending(KernelBuilder.kind).appending(name)
    // One that lacks a file is no kernel: who asks for it will make it again.
    let requestedOptions = BuiltKernel.requestedOptions(in: path)
    guard let requested = try? KernelConfiguration(fragments: [requestedOptions]) else {
      return nil
    }
    let architecture = requested.target.architecture
    guard let built = try? BuiltKernel(at: path, for: architecture),
      let release = try? built.release()
    else { return nil }
    let added = BuiltKernel.additions(in: path)
    let additions =
      HostFile.exists(added) ? try KernelConfiguration(fragments: [added]).options : []
    let line = try sources.first { source in
      guard let compiler = compilers[architecture] else { return false }
      let key = KernelBuilder.key(source: source.digest, requested, compiler: compiler)
      return try key.hexadecimal == name && isOffered(requested, additions, by: source.line)
    }
    return CachedKernel(
      name: name, release: release, target: requested.target, isDebug: requested.isDebug,
      hasDebugInfo: requested.hasDebugInfo, pool: requested.pool, additions: additions,
      line: line?.line.name, size: try HostFile.size(below: path))
  }

  /// Whether the fragments, as they are today, ask for everything that was asked for then.
  private func isOffered(
    _ requested: KernelConfiguration, _ additions: [KernelOption], by line: KernelLine
  ) throws -> Bool {
    let request = KernelRequest(
      source: .line(line), target: requested.target, isDebug: requested.isDebug,
      hasDebugInfo: requested.hasDebugInfo)
    var configuration = try KernelConfiguration(
      fragments: request.fragments(in: configurationFolder))
    // Any default pool is offered, and any addition: they come with the request, not from a fragment.
    configuration.adapt(to: line)
    configuration.remove(KconfigPool.optionNames + additions.map(\.name))
    return Set(configuration.options).isSubset(of: requested.options)
  }
}
