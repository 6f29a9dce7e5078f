// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DeviceTrees
import HostFiles
import Kernels
import Runs
import SystemPackage

/// `cmalab dts`
struct DeviceTreeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dts",
    abstract: "Prints the device tree that a board boots with, as source.")

  @OptionGroup var options: SelectionOptions

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let tree = try await preparation.tree(for: try options.selection(in: installation))
    if !tree.warnings.isEmpty { StandardError.say(tree.warnings) }
    try StandardOutput.write(try await DTC().source(of: tree.blob))
  }
}
