// SPDX-License-Identifier: Apache-2.0

import Advice
import ArgumentParser
import Boards
import HostFiles
import Kernels
import MemoryRequests
import Predictions
import Quantities
import Records
import Reports
import Runs
import SystemPackage

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

  @OptionGroup var ownKernel: OwnKernelOptions

  @Option(help: FormatArgument<Suggestion>.help)
  var format = FormatArgument<Suggestion>.usual

  func validate() throws { try ownKernel.validate(verify: verify) }

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let advisor = PoolAdvisor(
      options: options, installation: installation, preparation: preparation,
      kernel: ownKernel.description)
    var (suggestion, proposal) = try await advisor.suggestion()
    if verify, let proposal {
      suggestion.verification = try await boot(proposal, preparation, cache)
    }
    try StandardOutput.write(format.document(of: suggestion))
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
}
