// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab predict`
struct PredictCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", _superCommandName: CommandLineTool.name,
    abstract: "Predict where the kernel will put its pools, and why, without a boot.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Nothing is built and no guest is started. What had to be assumed is listed; a kernel of your \
    own is described by its .config and the image_size of its header.
    """,
    examples: [
      .init(
        "where the pool will lie, and what bounds a larger one",
        "cmalab predict --board arm64-4g --layout stock --cma 1700M"),
      .init(
        "what becomes of your board's own tree", "cmalab predict --dtb board.dtb --kernel 6.12"),
      .init(
        "the same for a kernel of your own",
        "cmalab predict --dtb board.dtb --kernel-config .config"),
    ],
    statuses: [
      .success("everything gets its memory, or it cannot be predicted"),
      .failure("something is refused, or the guest dies"),
      .trouble(),
    ])

  @OptionGroup var guest: GuestOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @Option(help: FormatArgument<PredictedGuest>.help)
  var format = FormatArgument<PredictedGuest>.usual

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
    let selection = try await session.predictableSelection(request)
    let guest = try await session.preparation.predict(selection)
    try StandardOutput.write(format.document(of: guest))
    if guest.cause != nil { throw ExitCode.verdictFailed }
  }
}
