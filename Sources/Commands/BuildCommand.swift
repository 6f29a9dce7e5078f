// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestImages
import GuestRequests
import HostFiles
import Kernels
import MemoryRequests
import Quantities
import Runs
import SystemPackage

/// `cmalab build`
struct BuildCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", _superCommandName: CommandLineTool.name,
    abstract: "Build what a guest is made of, and print where it is.",
    discussion: manual.text,
    subcommands: [BuildKernel.self, BuildGuest.self])

  static let manual = CommandManual(
    examples: [
      .init("a kernel, and where it is", "cmalab build kernel --kernel 6.12"),
      .init("the monitor and the initramfs", "cmalab build guest"),
    ],
    statuses: [
      .success("it is there"),
      .trouble("it does not build"),
    ])
}

/// `cmalab build kernel`
struct BuildKernel: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "Build a kernel, unless that has been done.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("the newest of a line", "cmalab build kernel --kernel 6.12"),
      .init(
        "a tree of your own, for 64 KiB pages",
        "cmalab build kernel --kernel-source linux --page-size 64k"),
      .init(
        "a vendor's tree by its own configuration",
        "cmalab build kernel --kernel-source linux --defconfig imx_v8_defconfig"),
    ],
    statuses: [
      .success("it is there"),
      .trouble("it does not build"),
    ])

  @Option(help: "The kernel line.", completion: Completions.kernels)
  var kernel: String?

  @OptionGroup var tree: SourceTreeOptions

  @Option(help: "The architecture.")
  var architecture: Architecture = .arm64

  @OptionGroup var target: KernelTargetOptions

  @Flag(help: "Build in the kernel's own checkers: KASAN, lockdep and more.")
  var debugKernel = false

  @Flag(help: "Build in debug information, for gdb.")
  var debugInfo = false

  @Option(
    help: ArgumentHelp(
      "The default pool that the kernel's configuration sets.",
      valueName: "SIZE|P%|min:SIZE,P%|max:SIZE,P%"),
    transform: { try KconfigPool(parsing: $0) })
  var kconfigCMA: KconfigPool = .none

  @OptionGroup var additions: KconfigOptions

  func validate() throws {
    guard kernel == nil || tree.kernelSource == nil else {
      throw ValidationError("give one of --kernel and --kernel-source")
    }
    try asked.checkUsage()
  }

  /// The kernel as a guest's, which is checked.
  private var asked: GuestRequest {
    var request = GuestRequest()
    if let source = tree.kernelSource { request.kernel.source = .tree(source.absolute) }
    request.kernel.defconfig = tree.defconfig
    request.kernel.additions = additions.kconfigAdd
    target.apply(to: &request.kernel)
    return request
  }

  func run() async throws {
    let session = try Session.ofThisProcess()
    let source: KernelRequest.Source
    var base = KernelBase.fragments
    if case .tree(let tree) = asked.kernel.source {
      source = .tree(tree)
      base = KernelBase(of: tree, defconfig: asked.kernel.defconfig)
    } else {
      let lines = try KernelLines(configuration: session.installation.kernelConfiguration)
      source = .line(try lines.line(named: kernel, for: architecture))
    }
    let request = KernelRequest(
      source: source, target: try KernelTarget(asked.kernel, for: architecture, base),
      isDebug: debugKernel, hasDebugInfo: debugInfo, pool: kconfigCMA, base: base,
      additions: asked.kernel.additions)
    let built = try await session.preparation.builder.kernel(for: request)
    try StandardOutput.write("\(built.image.path)\n")
  }
}

/// `cmalab build guest`
struct BuildGuest: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "guest", abstract: "Compile the monitor and pack the initramfs.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("for arm64", "cmalab build guest"),
      .init("for 32-bit ARM", "cmalab build guest --architecture arm"),
    ],
    statuses: [
      .success("it is there"),
      .trouble("it does not build"),
    ])

  @Option(help: "The architecture of the initramfs; the monitor is arm64 for all of them.")
  var architecture: Architecture = .arm64

  func run() async throws {
    let programs = GuestPrograms(
      sources: try HostEnvironment.installation().images, cache: try HostEnvironment.cache())
    try StandardOutput.write(
      "\(try await programs.monitor())\n\(try await programs.initramfs(for: architecture))\n")
  }
}
