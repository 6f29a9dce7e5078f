// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import Commands

/// What a command that takes its time is called.
@Suite struct HeartbeatNameTests {
  /// Without the subcommand that nobody typed.
  @Test(arguments: [
    (["matrix", "edges.yaml"], "matrix"), (["kernels"], "kernels"), (["boot"], "boot"),
  ])
  func aCommandIsCalledAsItWasTyped(arguments: [String], name: String) throws {
    let command = try CommandLineTool.parseAsRoot(arguments)
    #expect(Heartbeat.name(of: command, called: arguments) == name)
  }
}
