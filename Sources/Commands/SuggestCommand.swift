// SPDX-License-Identifier: Apache-2.0
import Advice
import ArgumentParser
import Boards
import FoundationEssentials
import HostFiles
import Kernels
import MemoryRequests
import Predictions
import Quantities
import Reports
import Runs
import SystemPackage
import Verdicts

/// `cmalab suggest`
struct SuggestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Tells the smallest change that makes a pool fit, or why none does.",
    discussion: """
      Tried in this order: where device tree and initramfs lie, a size that needs no rounding, \
      cma=SIZE@START-END, a node of reserved-memory, another split of the same RAM where the board \
      can have RAM, and one that claims more than the board has. Nothing is built and no guest is \
      started, unless it is to be verified. Exit codes: 0 it fits or there is a remedy, 1 there is \
      none or the guest refutes it, 2 trouble, 64 usage.
      """)

  @OptionGroup var options: SelectionOptions

  @Flag(help: "Boot the proposal.")
  var verify = false

  @Option(help: "The .config of your own kernel.")
  var kernelConfig: FilePath?

  @Option(
    help: "The memory that its image takes, as its header says (image_size).",
    transform: { try ByteCount(parsing: $0) })
  var imageSize: ByteCount?

  @Option(help: "How to print the result: text or json.")
  var format: OutputFormat = .text

  func validate() throws {
    guard imageSize == nil || kernelConfig != nil else {
      throw ValidationError("--image-size goes with --kernel-config")
    }
    guard !verify || kernelConfig == nil else {
      throw ValidationError(
        "--verify boots a kernel, and --kernel-config names none: leave one out")
    }
  }

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let description = kernelConfig.map {
      KernelDescription(configuration: $0, imageSize: imageSize)
    }
    let advisor = PoolAdvisor(
      options: options, installation: installation, preparation: preparation, kernel: description)
    var (suggestion, proposal) = try await advisor.suggestion()
    if verify, let proposal {
      suggestion.verification = try await boot(proposal, preparation, cache)
    }
    switch format {
    case .text:
      try StandardOutput.write(SuggestionText(suggestion, style: StandardOutput.style).text)
    case .json: try StandardOutput.write(try json(suggestion))
    }
    if let verification = suggestion.verification, verification.verdict != Verdict.pass.rawValue {
      throw verification.verdict == Verdict.fail.rawValue ? ExitCode.verdictFailed : .trouble
    }
    if suggestion.outcome == .none { throw ExitCode.verdictFailed }
  }

  private func boot(
    _ selection: RunSelection, _ preparation: Preparation, _ cache: ContentCache
  ) async throws -> Suggestion.Verification {
    let started = ContinuousClock.now
    let prepared = try await preparation.prepare(selection)
    let directory = try KeptRuns(cache: cache)
      .next(board: selection.board.name, layout: selection.layout.name)
    let record = try await BoardRun(prepared, in: directory).record(since: started)
    return .init(
      verdict: record.verdict.rawValue, reason: record.reason, folder: directory.path.string)
  }

  private func json(_ suggestion: Suggestion) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(suggestion), as: UTF8.self) + "\n"
  }
}
