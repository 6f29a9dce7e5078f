// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Predictions
import Records
import Reports
import Runs

/// `cmalab upgrade`
struct UpgradeCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Predict what becomes of the pools with another kernel release, and by which rules.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    For each pool: same, moved, shrunk, grown, gone or new, and the rules of the kernel that make \
    the difference ('cmalab kernels rules'). Nothing is built and no guest is started. Both releases \
    are taken to have the configuration and the image of the kernel that --kernel or \
    --kernel-config names.
    """,
    examples: [
      .init(
        "what another line does with a pool",
        "cmalab upgrade --from 6.1 --to 7.3 --board rpi4 --cma 512M"),
      .init(
        "what a point release does with your board's tree",
        "cmalab upgrade --from 6.12.10 --to 6.12.40 --dtb board.dtb"),
    ],
    statuses: [
      .success("no pool is lost or smaller"),
      .failure("a pool is shrunk or gone, or the newer kernel does not survive"),
      .trouble(),
    ])

  @Option(
    help: "The release that runs now, such as 6.12.10.", completion: Completions.kernels,
    transform: { try KernelRules(checking: $0) })
  var from: KernelRules

  @Option(
    help: "The release to come.", completion: Completions.kernels,
    transform: { try KernelRules(checking: $0) })
  var to: KernelRules

  @OptionGroup var guest: GuestOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @Option(help: FormatArgument<UpgradedGuest>.help)
  var format = FormatArgument<UpgradedGuest>.usual

  func validate() throws {
    try request.checkUsage()
  }

  var request: GuestRequest {
    GuestRequest(guest, ownKernel, machine)
  }

  func run() async throws {
    try await Session.ofThisProcess { try await run(in: $0) }
  }

  private func run(in session: Session) async throws {
    let selection = try await session.selection(session.withBoardsKernel(request))
    let guest = try await session.preparation.upgrade(
      selection, from: from, to: to)
    try StandardOutput.write(format.document(of: guest))
    if guest.isLoss { throw ExitCode.verdictFailed }
  }
}
