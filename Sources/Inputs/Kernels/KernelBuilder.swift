// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
import MemoryRequests
import Quantities
package import SystemPackage

/// Builds kernels, each of them once.
package struct KernelBuilder: Sendable {
  private let configurationFolder: FilePath
  private let cache: ContentCache
  private let jobs: Int
  /// Told of whatever makes an answer slow.
  package let onEvent: @Sendable (KernelBuildEvent) -> Void

  /// The kinds of the cache's entries.
  static let kind = "kernels"
  static let sourceKind = "kernel-sources"

  /// - Parameters:
  ///   - configurationFolder: `kernel-config` of the installation.
  ///   - jobs: how many compilers may run at once.
  package init(
    configurationFolder: FilePath, cache: ContentCache, jobs: Int,
    onEvent: @escaping @Sendable (KernelBuildEvent) -> Void
  ) {
    self.configurationFolder = configurationFolder
    self.cache = cache
    self.jobs = jobs
    self.onEvent = onEvent
  }

  /// The kernel that is asked for, built now unless that has been done before.
  ///
  /// - Parameter readsContent: whether one of the cache that was changed and has its size still is seen, and
  ///   built again.
  /// - Throws: `KernelError`, `ToolError`, `HostFileError`, `CancellationError`; none of them leaves
  ///   anything behind that looks like a kernel, and the last what the next build goes on with.
  package func kernel(
    for request: KernelRequest, readsContent: Bool = true
  ) async throws -> BuiltKernel {
    let configuration = try configuration(of: request)
    let toolchain = Toolchain(for: request.target.architecture)
    switch request.source {
    case .line(let line):
      let entry = try await cachedBuild(
        of: line, configuration, toolchain, startingFrom: try await start(for: request),
        additions: request.additions, readsContent: readsContent)
      let kernel = try BuiltKernel(at: entry, for: request.target.architecture)
      try line.check(release: try kernel.release())
      return kernel
    case .tree(let tree):
      let output = try await incrementalBuild(of: tree, configuration, toolchain, for: request)
      return try BuiltKernel(at: output, for: request.target.architecture)
    }
  }

  /// The build folder to start a build from: that of a kernel without pool and additions. It is built for
  /// a pool, which changes next to nothing; additions may change everything.
  private func start(for request: KernelRequest) async throws -> FilePath? {
    guard let sibling = request.sibling else { return nil }
    guard request.additions.isEmpty else {
      return try await existing(for: sibling)?.buildFolder
    }
    return try await kernel(for: sibling).buildFolder
  }

  /// The kernel that is asked for if it need not be built, and nothing is fetched to know that.
  package func existing(for request: KernelRequest) async throws -> BuiltKernel? {
    // Its compiler is a part of its name: who has none has no kernel of it either.
    guard case .line(let line) = request.source,
      let archive = SourceArchives(cache: cache, onEvent: onEvent).present(of: line),
      let compiler = try? await compiler(Toolchain(for: request.target.architecture))
    else { return nil }
    let key = Self.key(
      source: try await FileFingerprints(cache: cache).digest(of: archive),
      try configuration(of: request), compiler: compiler)
    guard let entry = cache.existing(kind: Self.kind, key: key) else { return nil }
    return try BuiltKernel(at: entry, for: request.target.architecture)
  }

  /// Whether a kernel that was built is what was written: of one in the cache, all is read but the image.
  ///
  /// - Parameter imageDigest: the image's SHA-256.
  package func isUnchanged(
    _ kernel: BuiltKernel, of request: KernelRequest, imageDigest: String
  ) throws -> Bool {
    switch request.source {
    case .line: try cache.isUnchanged(kernel.folder, knowing: [KernelBuild.imageName: imageDigest])
    case .tree: true
    }
  }

  /// What is asked of Kconfig.
  package func configuration(of request: KernelRequest) throws -> KernelConfiguration {
    var configuration = try KernelConfiguration(
      fragments: request.fragments(in: configurationFolder))
    if request.pool != .none { configuration.set(request.pool) }
    if case .line(let line) = request.source { configuration.adapt(to: line) }
    for option in request.additions { configuration.set(option) }
    return configuration
  }

  /// Named by everything that went into it: source, options, compiler.
  ///
  /// - Parameter sibling: the build folder of a kernel of the same source that differs in a few
  ///   options. What make finds up to date in a copy of it is not compiled again, and the outcome
  ///   is the same to the byte, so it does not go into the name.
  private func cachedBuild(
    of line: KernelLine, _ configuration: KernelConfiguration, _ toolchain: Toolchain,
    startingFrom sibling: FilePath?, additions: [KernelOption], readsContent: Bool
  ) async throws -> FilePath {
    let archive = try await SourceArchives(cache: cache, onEvent: onEvent).archive(of: line)
    let source = try await FileFingerprints(cache: cache).digest(of: archive)
    let compiler = try await compiler(toolchain)
    let key = Self.key(source: source, configuration, compiler: compiler)
    // Make goes on where it was ended. A sibling is copied, which takes seconds.
    return try await cache.entry(
      kind: Self.kind, key: key, readsContent: readsContent, resumes: sibling == nil
    ) { draft in
      let tree = try await unpacked(archive, of: line, digest: source)
      if sibling == nil, HostFile.exists(draft.appending(KernelBuild.folderName)) {
        onEvent(.resuming)
      }
      // Before minutes of compiling; the kernel that comes of it is asked once more.
      try line.check(release: try SourceTree(at: tree).version)
      try await KernelBuild(
        name: "Linux \(line.name)", tree: tree, output: draft,
        log: try cache.log(named: "kernel-\(line.name)-\(key)"), toolchain: toolchain,
        jobs: jobs, sibling: sibling, onEvent: onEvent
      ).run(configuration)
      if !additions.isEmpty {
        let text = additions.map { "\($0)\n" }.joined()
        try HostFile.write(Array(text.utf8), to: BuiltKernel.additions(in: draft))
      }
    }
  }

  /// - Parameters:
  ///   - source: the digest of the source's archive.
  ///   - compiler: what it says of itself.
  static func key(
    source: String, _ configuration: KernelConfiguration, compiler: String
  ) -> ContentKey {
    let recipes =
      [KernelBuild.recipe] + (configuration.hasNodes ? [KernelBuild.structuresRecipe] : [])
    return ContentKey([
      "recipe": recipes.joined(separator: ", "), "source": source, "options": configuration.text,
      "compiler": compiler,
    ])
  }

  /// What the cross compiler says of itself.
  func compiler(_ toolchain: Toolchain) async throws -> String {
    try await FileFingerprints(cache: cache)
      .version(of: "\(toolchain.prefix)gcc", arguments: ["--version"])
  }

  /// A user's tree changes under our eyes, so make decides each time what is to be done.
  private func incrementalBuild(
    of tree: FilePath, _ configuration: KernelConfiguration, _ toolchain: Toolchain,
    for request: KernelRequest
  ) async throws -> FilePath {
    let source = SourceTree(at: tree)
    try source.check(for: request.target)
    try source.check(request.base, for: request.target.architecture)
    let key = ContentKey([
      "tree": tree.string, "options": configuration.text, "configuration": request.base.name,
    ])
    // What one of our lines lacks or has in its stead, the tree may lack or have, too.
    let lines = try KernelLines(configuration: configurationFolder).lines
    let replacements = lines.flatMap(\.with)
    var configuration = configuration
    let added = Set(request.additions.map(\.name))
    for option in replacements where !added.contains(option.name) { configuration.set(option) }
    let optional = Set(lines.flatMap(\.without) + replacements.map(\.name)).subtracting(added)
    let output = cache.path(kind: "trees", key: key)
    try HostFile.createDirectory(output)
    return try await FileLock.withLock(
      at: output.appending("lock"), onWait: { onEvent(.waitingForOther) }
    ) {
      try await KernelBuild(
        name: tree.string, tree: tree, output: output,
        log: try cache.log(named: "kernel-tree-\(key)"), toolchain: toolchain, jobs: jobs,
        optional: optional, asked: added, base: request.base, onEvent: onEvent
      ).run(configuration)
      return output
    }
  }

  /// The source tree of a line, unpacked once.
  private func unpacked(
    _ archive: FilePath, of line: KernelLine, digest: String
  ) async throws -> FilePath {
    try await cache.entry(kind: Self.sourceKind, key: Self.sourceKey(digest)) { draft in
      onEvent(.unpacking(line.package))
      _ = try await ToolCommand(
        .named("tar"),
        ["--extract", "--file", archive.string, "--directory", draft.string]
          + ["--strip-components=1", "--no-same-owner"]
          + Self.leftOut.map { "--exclude=*/\($0)" },
        // The package's archive is made of blocks, which xz can unpack side by side.
        environment: ["XZ_DEFAULTS": "--threads=0"]
      ).output(deadline: .seconds(3600))
    }
  }

  /// - Parameter digest: the digest of the archive.
  static func sourceKey(_ digest: String) -> ContentKey {
    ContentKey(["archive": digest, "left out": leftOut.joined(separator: " ")])
  }

  /// Much of the tree's bytes, which no build for arm or arm64 reads; every Kconfig file stays.
  private static let leftOut = [
    "arch/x86/*.[chS]", "arch/powerpc/*.[chS]", "arch/mips/*.[chS]", "arch/s390/*.[chS]",
    "drivers/gpu/*.[ch]", "drivers/net/*.[ch]", "drivers/media/*.[ch]", "sound/*.[ch]",
    "Documentation/*.rst", "Documentation/*.yaml", "tools/perf", "tools/testing",
  ]
}
