// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab predict`
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict where the kernel will put its pools, and why, without a boot.",
    discussion: """
      Nothing is built and no guest is started. What had to be assumed is listed; a kernel of your \
      own is described by its .config and the image_size of its header. Exit codes: 0 everything gets \
      its memory, or it cannot be predicted, 1 something is refused or the guest dies, 2 trouble, 64 \
      usage.
      """)

  @OptionGroup var board: BoardOptions

  @OptionGroup var ownTree: OwnTreeOptions

  @OptionGroup var pool: PoolOptions

  @OptionGroup var regions: RegionOptions

  @OptionGroup var files: FileOptions

  @OptionGroup var kernel: KernelOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @Option(help: FormatArgument<PredictedGuest>.help)
  var format = FormatArgument<PredictedGuest>.usual

  func validate() throws {
    try ownTree.check(board)
    try request.checkUsage()
  }

  private var request: GuestRequest {
    GuestRequest(board, ownTree, pool, regions, files, kernel, ownKernel, machine)
  }

  func run() async throws {
    let session = try Session.ofThisProcess()
    let selection = try await session.selection(request)
    let guest = try await session.preparation.predict(selection)
    try StandardOutput.write(format.document(of: guest))
    if guest.cause != nil { throw ExitCode.verdictFailed }
  }
}
