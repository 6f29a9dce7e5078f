// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import FoundationEssentials
import Kernels
import Quantities
import Reports
import Runs
import SystemPackage
import Verdicts

/// `cmalab predict`
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tells, without a boot, where the kernel will put its pools, and why.",
    discussion: """
      Nothing is built and no guest is started. What had to be assumed is listed; a kernel of your \
      own is described by its .config and the image_size of its header.
      """)

  @OptionGroup var options: SelectionOptions

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
  }

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let guest = try await preparation.predict(
      try options.selection(in: installation),
      kernel: kernelConfig.map { KernelDescription(configuration: $0, imageSize: imageSize) })
    switch format {
    case .text: try StandardOutput.write(text(guest))
    case .json: try StandardOutput.write(try json(guest))
    }
  }

  private func text(_ guest: PredictedGuest) -> String {
    PredictionText(
      title: "\(guest.board), layout \(guest.layout), kernel \(guest.kernel), predicted",
      banks: guest.banks, invented: guest.inventedRAM, placement: guest.placement,
      predicted: guest.predicted, style: StandardOutput.style
    ).text
  }

  private func json(_ guest: PredictedGuest) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(guest), as: UTF8.self) + "\n"
  }
}
