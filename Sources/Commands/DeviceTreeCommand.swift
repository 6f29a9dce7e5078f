// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DeviceTrees
import HostFiles
import Runs
import SystemPackage

/// `cmalab dts`
struct DeviceTreeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dts",
    abstract: "Prints the device tree that a board boots with, as source.")

  @OptionGroup var options: SelectionOptions

  func run() async throws {
    let session = try Session.ofThisProcess()
    let tree = try await session.preparation.tree(for: try session.selection(options.request))
    if !tree.warnings.isEmpty { StandardError.say(tree.warnings) }
    try StandardOutput.write(try await DTC().source(of: tree.blob))
  }
}
