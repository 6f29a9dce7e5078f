// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DeviceTrees
import GuestRequests
import Guests
import HostFiles
import Runs
import SystemPackage

/// `cmalab dts`
struct DeviceTreeCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "dts", _superCommandName: CommandLineTool.name,
    abstract: "Print the device tree that a board boots with, as source.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("the tree of a board with a pool in it", "cmalab dts --board rpi4 --dts-cma 256M"),
      .init("what is made of your board's own", "cmalab dts --dtb board.dtb"),
    ],
    statuses: [
      .success("it is printed"),
      .trouble(),
    ])

  @OptionGroup var guest: GuestOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var tests: TestOptions

  func validate() throws {
    try request.checkUsage()
  }

  var request: GuestRequest {
    GuestRequest(guest, machine, tests)
  }

  func run() async throws {
    let session = try Session.ofThisProcess()
    let guest = try await session.preparation.tree(for: try await session.selection(request)).guest
    if !guest.warnings.isEmpty { StandardError.say(guest.warnings) }
    try StandardOutput.write(try await DTC().source(of: guest.blob))
  }
}
