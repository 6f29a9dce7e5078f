// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import MemoryRequests
import Synchronization
import SystemPackage

/// One build of one tree into one folder.
struct KernelBuild {
  /// For messages: `linux-source-6.1`, or the user's path.
  let name: String
  let tree: FilePath
  /// Where image, configuration and build folder go.
  let output: FilePath
  let log: FilePath
  let toolchain: Toolchain
  let jobs: Int
  /// Names of options that the tree may do without.
  var optional: Set<String> = []
  /// Names of options that the user asked for; nil where every option has to survive, as those of a line.
  var asked: Set<String>? = nil
  /// A build folder to begin with; nil to begin with nothing.
  var sibling: FilePath? = nil
  /// What the configuration starts from.
  var base = KernelBase.fragments
  let onEvent: @Sendable (KernelBuildEvent) -> Void

  /// Changes when a build of the same ingredients would come out differently.
  static let recipe = "Image modules_prepare 1"
  static let imageName = "Image"
  static let configurationName = "config"
  static let folderName = "build"

  static let fragmentName = "requested.config"

  /// Two builds of the same ingredients are the same bytes; and what a make that called us hands
  /// down is not for the kernel's.
  static let environment: [String: String?] = [
    "KBUILD_BUILD_TIMESTAMP": "1970-01-01", "KBUILD_BUILD_USER": "cmalab",
    "KBUILD_BUILD_HOST": "cmalab", "KBUILD_BUILD_VERSION": "1", "LC_ALL": "C",
    "MAKEFLAGS": nil, "MAKELEVEL": nil, "MFLAGS": nil,
  ]

  /// Where the tree is seen without its .config, which keeps make from building elsewhere.
  private var view: FilePath { output.appending("source") }
  var source: SourceTree { SourceTree(at: tree) }
  var folder: FilePath { output.appending(Self.folderName) }

  func run(_ configuration: KernelConfiguration) async throws {
    let started = ContinuousClock.now
    if let sibling {
      try await copy(sibling)
    } else {
      try HostFile.createDirectory(folder)
    }
    if source.isConfigured { try source.makeView(at: view) }
    try HostFile.write([], to: log)
    onEvent(.configuring(name))
    let fragment = output.appending(Self.fragmentName)
    try HostFile.write(Array(configuration.text.utf8), to: fragment)
    switch base {
    case .fragments:
      try await make(["KCONFIG_ALLCONFIG=\(fragment)", "allnoconfig"], "configuring")
    case .defconfig, .ownConfiguration:
      try await configure(from: base, adding: configuration)
    }
    try checkSurvival(of: configuration)

    try await make(
      ["-j\(jobs)", toolchain.imageTarget, "modules_prepare"],
      "make \(toolchain.imageTarget)")
    try collect()
    try await measureStructures()
    if sibling != nil { try await dropObjects() }
    onEvent(.finished(seconds: (ContinuousClock.now - started) / .seconds(1)))
  }

  /// With every file's time, by which make knows what is up to date.
  private func copy(_ sibling: FilePath) async throws {
    _ = try await ToolCommand(
      .named("cp"), ["--archive", "--reflink=auto", "--", sibling.string, folder.string]
    ).output(deadline: .seconds(120))
  }

  /// A kernel that was made from a sibling is no sibling itself, and neither a module nor a debugger
  /// needs objects: a tenth of the folder stays.
  private func dropObjects() async throws {
    _ = try await ToolCommand(
      .named("find"),
      [
        folder.string, "-type", "f", "-not", "-path", "\(folder)/scripts/*", "(", "-name", "*.o",
        "-o", "-name", "*.a", "-o", "-name", ".tmp_vmlinux*", ")", "-delete",
      ]
    ).output(deadline: .seconds(60))
  }

  /// What a newer compiler warns of is no fault of a tree that calls each warning an error. A folder's own
  /// -Werror comes behind this and makes errors of all that no option names: these are what gcc 10 to 12
  /// learned to see.
  private static let leniency =
    "KCFLAGS=-Wno-error "
    + [
      "address", "array-bounds", "array-compare", "array-parameter", "dangling-pointer",
      "mismatched-dealloc", "stringop-overflow", "stringop-overread", "use-after-free",
      "zero-length-bounds",
    ].map { "-Wno-error=\($0)" }.joined(separator: " ")

  /// For a line's kernel: what it builds for itself to run is not worth optimising, the assembler reads what
  /// the compiler writes as it comes, and nobody waits for warnings of ill-indented lines or for the macros
  /// that an error came through. The image is the same, in a tenth less time.
  private static let haste = [
    "HOSTCFLAGS=-O0", "KCFLAGS=-pipe -ftrack-macro-expansion=0 -Wno-misleading-indentation",
  ]

  /// For all of a kernel on one slow processor.
  private static let deadline = Duration.seconds(4 * 3600)

  /// Runs make, its output into the log, and takes the compiler's own errors from there.
  func make(_ arguments: [String], _ step: String) async throws {
    let command = ToolCommand(
      .named("make"),
      ["-C", (source.isConfigured ? view : tree).string, "O=\(folder)"] + toolchain.makeArguments
        + (asked == nil ? Self.haste : [Self.leniency]) + arguments,
      environment: Self.environment)
    let steps = Counter()
    let said = ErrorLines()
    let status = try await command.run(loggingTo: log, deadline: Self.deadline) { line in
      said.look(at: line)
      onEvent(.building(steps: steps.next(), last: String(line.drop(while: \.isWhitespace))))
    }
    guard status.isSuccess else {
      throw KernelError.buildFailed(step: step, errors: said.lines, log: log)
    }
  }

  private func checkSurvival(of configuration: KernelConfiguration) throws {
    var lost = configuration.lost(in: try finishedConfiguration()).filter {
      !optional.contains($0.name)
    }
    if !lost.isEmpty, let asked, base == .fragments {
      let offered = try source.offered(of: Set(lost.map(\.name)), for: toolchain.architecture)
      let absent = lost.filter { !asked.contains($0.name) && !offered.contains($0.name) }
      if !absent.isEmpty { onEvent(.leftOut(absent.map(\.name), of: name)) }
      lost.removeAll(where: absent.contains)
    }
    guard lost.isEmpty else { throw KernelError.optionsLost(lost, log: log) }
  }

  /// The .config of the build folder.
  func finishedConfiguration() throws -> String {
    String(
      decoding: try HostFile.read(
        folder.appending(SourceTree.configurationName), limit: SourceTree.configurationLimit),
      as: UTF8.self)
  }

  /// Puts what a run needs where it is looked for.
  private func collect() throws {
    let products = [
      (toolchain.imagePath, Self.imageName),
      (SourceTree.configurationName, Self.configurationName),
    ]
    for (made, name) in products {
      let bytes = try HostFile.read(folder.appending(made), limit: 256 << 20)
      try HostFile.write(bytes, to: output.appending(name))
    }
    // Modules are linked against the symbols of the kernel itself: there is no module in it. Before 5.8
    // they are where modules look for them.
    let ofKernel = folder.appending("vmlinux.symvers")
    let ofModules = folder.appending("Module.symvers")
    guard HostFile.exists(ofKernel) || !HostFile.exists(ofModules) else { return }
    try HostFile.write(try HostFile.read(ofKernel, limit: 64 << 20), to: ofModules)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
