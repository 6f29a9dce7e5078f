// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Kernels
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab predict`
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tells, without a boot, where the kernel will put its pools, and why.",
    discussion: """
      Nothing is built and no guest is started. What had to be assumed is listed; a kernel of your \
      own is described by its .config and the image_size of its header. Exit codes: 0 everything gets \
      its memory, or it cannot be predicted, 1 something is refused or the guest dies, 2 trouble, 64 \
      usage.
      """)

  @OptionGroup var options: SelectionOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @Option(help: FormatArgument<PredictedGuest>.help)
  var format = FormatArgument<PredictedGuest>.usual

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let guest = try await preparation.predict(
      try options.selection(in: installation),
      kernel: ownKernel.description)
    try StandardOutput.write(format.document(of: guest))
    if guest.cause != nil { throw ExitCode.verdictFailed }
  }
}
