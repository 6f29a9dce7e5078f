// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import Conformance
import Emulator
import Glibc
import GuestImages
import Guests
import HostFiles
import Kernels
import Quantities
import Runs
import SystemPackage

/// `cmalab conform`
struct ConformCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "conform",
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

  @Flag(
    help: ArgumentHelp(
      "Try the judge instead: regions that compete, touch and imitate, of which the model, the "
        + "judge and a second reading of the raw records each say what becomes."))
  var judge = false

  @Option(help: "Write each case on which they differ into this folder, as a board file.")
  var out: FilePath?

  @Flag(
    inversion: .prefixedNo,
    help: "Make a case on which they differ smaller (default: --shrink).")
  var shrink: Bool?

  func validate() throws {
    guard cases > 0 else { throw ValidationError("--cases is 0: give at least 1") }
    guard seed ?? 0 <= .max - cases else {
      throw ValidationError("--seed is too large for \(cases) cases, which count up from it")
    }
    guard !judge || shrink == nil else {
      throw ValidationError("--shrink does not apply to --judge, whose cases are small: omit it")
    }
    guard !judge || out == nil else {
      throw ValidationError("--out does not apply to --judge, whose cases are not boards: omit it")
    }
  }

  func run() async throws {
    let session = try Session.ofThisProcess()
    let installation = session.installation
    let cache = session.cache
    let lines = try KernelLines(configuration: installation.kernelConfiguration)
    let chosen =
      try kernel.isEmpty
      ? lines.lines.filter { $0.architectures.contains(architecture) }
      : kernel.map { try lines.line(named: $0, for: architecture) }
    let target = try target.target(for: architecture)
    let seed = seed ?? UInt64.random(in: 0..<1_000_000_000)
    let folder = cache.root.appending("conform-\(getpid())")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    var failed = false
    for line in chosen where judge {
      let trial = try JudgeTrial(line, target, session, in: folder)
      let isAgreed = try await trial.run(
        seed..<(seed + cases), jobs: jobs ?? HostEnvironment.processorCount)
      failed = failed || !isAgreed
    }
    for line in chosen where !judge {
      let kit = try await kit(for: line, target, session)
      let conformance = Conformance(kit, in: folder)
      let started = ContinuousClock.now
      let summary = try await conformance.run(
        seed..<(seed + cases), jobs: jobs ?? HostEnvironment.processorCount
      ) { mismatch in
        StandardError.say("\(line.name), case \(mismatch.seed): \(mismatch.differences[0])")
      }
      let seconds = (ContinuousClock.now - started) / .seconds(1)
      let rate = Double(Int(Double(summary.compared) / seconds * 10)) / 10
      let outcomes = summary.outcomes.sorted { $0.key < $1.key }
        .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      let impossible =
        summary.impossible > 0 ? "; \(summary.impossible) more that no kernel could start in" : ""
      try StandardOutput.write(
        "\(line.name): \(summary.compared) cases from seed \(seed), "
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
            "\n\(line.name), case \(mismatch.seed): \(differences)\n\(smallest.made)")
        }
        if let out { try write(smallest, on: line, to: out) }
      }
      failed = failed || !summary.mismatches.isEmpty
    }
    if failed { throw ExitCode.verdictFailed }
  }

  /// How many cases are made small and printed.
  private static let shownCases = 3

  /// A board file that begins with how it was found.
  private func write(
    _ mismatch: Conformance.Mismatch, on line: KernelLine, to folder: FilePath
  ) throws {
    var words = [
      "cmalab", "conform", "--kernel", line.name, "--architecture", architecture.rawValue,
    ]
    if let size = target.pageSize { words += ["--page-size", size.rawValue] }
    if target.lpae { words.append("--lpae") }
    words += ["--seed", "\(mismatch.seed)", "--cases", "1"]
    let found = [words.joined(separator: " ")] + mismatch.differences
    let text = found.map { "# \($0)\n" }.joined() + "\(mismatch.made)"
    let kind = "\(try target.target(for: architecture))".replacing(" ", with: "-")
    try HostFile.createDirectory(folder)
    try HostFile.write(
      Array(text.utf8), to: folder.appending("\(line.name)-\(kind)-\(mismatch.seed).yaml"))
  }

  private func kit(
    for line: KernelLine, _ target: KernelTarget, _ session: Session
  ) async throws -> ConformKit {
    let installation = session.installation
    let kernel = try await session.preparation.builder.kernel(
      for: KernelRequest(source: .line(line), target: target))
    let programs = GuestPrograms(sources: installation.images, cache: session.cache)
    guard let facts = try KernelKnowledge.facts(of: kernel) else {
      throw ValidationError("the configuration of \(line.name) names no release")
    }
    let trees = BaseTrees(sources: installation.deviceTreeSources, cache: session.cache)
    return try ConformKit(
      facts: facts, kernel: kernel, initramfs: try await programs.initramfs(for: architecture),
      monitor: try await programs.monitor(), baseTree: try await trees.tree(for: architecture),
      features: try await EmulatorFeatures.probe(FileFingerprints(cache: session.cache)))
  }
}
