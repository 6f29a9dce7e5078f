// SPDX-License-Identifier: Apache-2.0

import Advice
import ArgumentParser
import GuestRequests
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab suggest`
struct SuggestCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", _superCommandName: CommandLineTool.name,
    abstract: "Find the smallest change that makes each pool fit, or say why none does.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Tried in this order: where device tree and initramfs lie, a size that needs no rounding, \
    cma=SIZE@START-END, a node of reserved-memory, another split of the same RAM where the board \
    can have RAM, and one that claims more than the board has. A region of reserved-memory that the \
    kernel refuses, or that lies where there is no RAM, is named, with an address, a size, a range \
    or a bank for it. Nothing is built and no guest is started, unless it is to be verified.
    """,
    examples: [
      .init(
        "the smallest change that makes 2046 MiB fit",
        "cmalab suggest --board arm64-4g --layout stock --cma 2046M"),
      .init("the same, shown by a guest", "cmalab suggest --board rpi4 --cma 1G --verify"),
    ],
    statuses: [
      .success("it fits, or a change makes it fit"),
      .failure("there is none, or the guest refutes it"),
      .trouble("a guest is inconclusive, or trouble with this machine"),
    ])

  @OptionGroup var guest: GuestOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var verification: VerificationOptions

  @Option(help: FormatArgument<Suggestion>.help)
  var format = FormatArgument<Suggestion>.usual

  func validate() throws {
    try ownKernel.check(verification, guest.kernel)
    try request.checkUsage()
  }

  var request: GuestRequest {
    GuestRequest(guest, ownKernel, machine, verification)
  }

  func run() async throws {
    try await Session.ofThisProcess(startingGuests: verification.verify) { try await run(in: $0) }
  }

  private func run(in session: Session) async throws {
    // What is to be shown by a guest is said of the guest's kernel.
    let request = verification.verify ? request : try session.withBoardsKernel(request)
    var (suggestion, proposal) = try await PoolAdvisor(model: session).suggestion(for: request)
    if verification.verify, let proposal {
      let run = try await session.boot(proposal)
      suggestion.verification = .init(
        verdict: run.record.verdict, reason: run.record.reason,
        folder: run.directory.path.string)
    }
    try StandardOutput.write(format.document(of: suggestion))
    if let verification = suggestion.verification, verification.verdict != .pass {
      throw verification.verdict == .fail ? ExitCode.verdictFailed : .trouble
    }
    if suggestion.isWithoutRemedy { throw ExitCode.verdictFailed }
  }
}
