// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import Conformance
import Emulator
import Glibc
import GuestImages
import GuestRequests
import Guests
import HostFiles
import HostProcesses
import Kernels
import MemoryRequests
import Quantities
import Runs
import ShellWords
import SystemPackage

/// `cmalab conform`
struct ConformCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "conform", _superCommandName: CommandLineTool.name,
    abstract: "Compare the model of early memory with real kernels, on made-up layouts.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Each case is predicted, booted and compared: where every pool lies, who asked for it, what \
    the kernel says, whether it lives. A case on which they differ is made small and printed as \
    a board file. The same seed makes the same cases.
    """,
    examples: [
      .init("twenty layouts on one kernel", "cmalab conform --kernel 6.1 --cases 20 --seed 1"),
      .init(
        "on a distribution's kernel",
        "cmalab conform --kernel-image linux-image.deb --cases 20"),
      .init(
        "the judge of regions, tried the same way", "cmalab conform --judge --kernel 6.1 --cases 20"
      ),
    ],
    statuses: [
      .success("model and kernels agree"),
      .failure("they differ"),
      .trouble(),
    ])

  @Option(
    help: "A kernel line; may be given more than once (default: all of the architecture).",
    completion: Completions.kernels)
  var kernel: [String] = []

  @Option(help: "Cases for each line.")
  var cases: UInt64 = 100

  @Option(help: "The first case (default: a fresh one).")
  var seed: UInt64?

  @Option(help: "Guests at a time (default: one a processor).")
  var jobs: Int?

  @Option(help: "The architecture.")
  var architecture: Architecture = .arm64

  @OptionGroup var target: KernelTargetOptions

  @OptionGroup var additions: KconfigOptions

  @Option(
    help: """
      An arm64 kernel of your own in place of cmalab's: an Image, compressed, as vmlinuz, uImage, FIT, or a \
      Debian package.
      """)
  var kernelImage: FilePath?

  @Option(help: "The .config of --kernel-image, or the package that has it.")
  var kernelConfig: FilePath?

  @OptionGroup var tree: SourceTreeOptions

  @Flag(
    help: ArgumentHelp(
      "Try the judge instead: regions that compete, touch and imitate, of which the model, the "
        + "judge and a second reading of the raw records each say what becomes."))
  var judge = false

  @Option(help: "Write each case on which they differ into this folder, as a board file.")
  var out: FilePath?

  @Option(help: "Let each guest go on to its end, and keep its console below this folder.")
  var consoles: FilePath?

  @Flag(
    inversion: .prefixedNo,
    help: "Make a case on which they differ smaller (default: --shrink).")
  var shrink: Bool?

  func validate() throws {
    guard cases > 0 else { throw ValidationError("--cases is 0: give at least 1") }
    guard seed ?? 0 <= .max - cases else {
      throw ValidationError("--seed is too large for \(cases) cases, which count up from it")
    }
    let sources = [!kernel.isEmpty, kernelImage != nil, tree.kernelSource != nil]
    guard sources.count(where: \.self) <= 1 else {
      throw ValidationError("give one of --kernel, --kernel-image and --kernel-source")
    }
    guard kernelImage == nil || architecture == .arm64 else {
      throw ValidationError(
        "--kernel-image with --architecture arm: guests start what is in a zImage, which only a build "
          + "has: give --kernel-source")
    }
    guard kernelConfig == nil || kernelImage != nil else {
      throw ValidationError(
        "--kernel-config does not apply: it says how --kernel-image is configured")
    }
    for kernel in kernels.isEmpty ? [asked(from: .line(nil))] : kernels {
      try GuestRequest(kernel).checkUsage()
    }
    guard !judge || shrink == nil else {
      throw ValidationError("--shrink does not apply to --judge, whose cases are small: omit it")
    }
    guard !judge || out == nil else {
      throw ValidationError("--out does not apply to --judge, whose cases are not boards: omit it")
    }
    guard !judge || consoles == nil else {
      throw ValidationError("--consoles does not apply to --judge: omit it")
    }
  }

  func run() async throws {
    let session = try Session.ofThisProcess()
    let installation = session.installation
    let cache = session.cache
    let chosen =
      kernels.isEmpty ? try lines(of: installation).map { asked(from: .line($0)) } : kernels
    let seed = seed ?? UInt64.random(in: 0..<1_000_000_000)
    let folder = cache.root.appending("conform-\(getpid())")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    var failed = false
    for kernel in chosen where judge {
      let trial = try JudgeTrial(kernel, for: architecture, session, in: folder)
      let isAgreed = try await trial.run(
        seed..<(seed + cases), jobs: jobs ?? ThisProcess.processorCount)
      failed = failed || !isAgreed
    }
    for kernel in chosen where !judge {
      let kit = try await kit(for: kernel, session)
      let consoles = consoles?.appending(kernel.name)
      if let consoles { try HostFile.createDirectory(consoles) }
      let conformance = Conformance(kit, in: folder, consoles: consoles)
      let started = ContinuousClock.now
      let summary = try await conformance.run(
        seed..<(seed + cases), jobs: jobs ?? ThisProcess.processorCount
      ) { mismatch in
        StandardError.say("\(kernel.name), case \(mismatch.seed): \(mismatch.differences[0])")
      }
      let seconds = (ContinuousClock.now - started) / .seconds(1)
      let rate = Double(Int(Double(summary.compared) / seconds * 10)) / 10
      let outcomes = summary.outcomes.sorted { $0.key < $1.key }
        .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      let impossible =
        summary.impossible > 0 ? "; \(summary.impossible) more that no kernel could start in" : ""
      try StandardOutput.write(
        "\(kernel.name): \(summary.compared) cases from seed \(seed), "
          + "\(summary.mismatches.count) differ; \(outcomes)\(impossible); "
          + "\(rate) cases a second\n")
      for (place, mismatch) in summary.mismatches.enumerated() {
        let isShown = place < Self.shownCases
        guard isShown || out != nil else { break }
        let isShrunk = isShown && (shrink ?? true)
        let smallest = isShrunk ? try await conformance.shrink(mismatch) : mismatch
        if isShown {
          let differences = smallest.differences.joined(separator: "; ")
          try StandardOutput.write(
            "\n\(kernel.name), case \(mismatch.seed): \(differences)\n\(smallest.made)")
        }
        if let out { try write(smallest, on: kernel, to: out) }
      }
      failed = failed || !summary.mismatches.isEmpty
    }
    if failed { throw ExitCode.verdictFailed }
  }

  /// How many cases are made small and printed.
  private static let shownCases = 3

  /// The kernels that are named; empty where those of every line are meant.
  private var kernels: [GuestRequest.Kernel] {
    if let kernelImage {
      var kernel = asked(from: .image(kernelImage.absolute))
      kernel.configuration = kernelConfig?.absolute
      return [kernel]
    }
    if let tree = tree.kernelSource { return [asked(from: .tree(tree.absolute))] }
    return kernel.map { asked(from: .line($0)) }
  }

  private func asked(from source: GuestRequest.Kernel.Source) -> GuestRequest.Kernel {
    var kernel = GuestRequest.Kernel()
    kernel.source = source
    kernel.defconfig = tree.defconfig
    kernel.additions = additions.kconfigAdd
    target.apply(to: &kernel)
    return kernel
  }

  private func lines(of installation: Installation) throws -> [String] {
    try KernelLines(configuration: installation.kernelConfiguration).lines
      .filter { $0.architectures.contains(architecture) }.map(\.name)
  }

  /// A board file that begins with how it was found.
  private func write(
    _ mismatch: Conformance.Mismatch, on kernel: GuestRequest.Kernel, to folder: FilePath
  ) throws {
    let words =
      ["cmalab", "conform", "--architecture", architecture.rawValue] + kernel.arguments
      + ["--seed", "\(mismatch.seed)", "--cases", "1"]
    let found = [ShellLine(words).description] + mismatch.differences
    let kind = try KernelTarget(kernel, for: architecture)
    // As boards are named.
    let name = String(
      "\(kernel.name)-\(kind)-\(mismatch.seed)".lowercased().map { character in
        character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
      }.suffix(64))
    let text = found.map { "# \($0)\n" }.joined() + mismatch.made.boardFile(named: name)
    try HostFile.createDirectory(folder)
    try HostFile.write(Array(text.utf8), to: folder.appending("\(name).yaml"))
  }

  private func kit(
    for kernel: GuestRequest.Kernel, _ session: Session
  ) async throws -> ConformKit {
    let installation = session.installation
    let ready = try await session.preparation.readyKernel(
      RunSelection.Kernel(kernel, for: architecture, installation), describedBy: kernel,
      for: architecture)
    guard let image = ready.unpackedImage else {
      throw ValidationError("\(kernel.name) is a zImage: give the source that it was built from")
    }
    let programs = GuestPrograms(sources: installation.images, cache: session.cache)
    let trees = BaseTrees(sources: installation.deviceTreeSources, cache: session.cache)
    return try ConformKit(
      facts: try ready.facts(for: architecture), image: image,
      initramfs: try await programs.initramfs(for: architecture),
      monitor: try await programs.monitor(), baseTree: try await trees.tree(for: architecture),
      features: try await EmulatorFeatures.probe(FileFingerprints(cache: session.cache)))
  }
}

extension GuestRequest {
  fileprivate init(_ kernel: Kernel) {
    self.init()
    self.kernel = kernel
  }
}

extension GuestRequest.Kernel {
  /// For people: the line, or the last part of the user's own path.
  var name: String {
    switch source {
    case .line(let name): name ?? "the usual line"
    case .image(let path), .tree(let path): path.lastComponent?.string ?? path.string
    }
  }

  /// The options that name it.
  fileprivate var arguments: [String] {
    let request = GuestRequest(self)
    let options: [GuestOption] = [
      .kernel, .kernelImage, .kernelConfig, .kernelSource, .defconfig, .pageSize, .lpae,
      .kconfigAddition,
    ]
    return options.flatMap { option in
      request.values(of: option).flatMap {
        option.isFlag ? [option.argument] : [option.argument, $0]
      }
    }
  }
}
