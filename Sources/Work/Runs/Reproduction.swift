// SPDX-License-Identifier: Apache-2.0

import Emulator
import HostFiles
import HostProcesses
import Records
import SystemPackage

/// The files from which anybody starts the same guest again, without cmalab.
struct Reproduction {
  let command: ToolCommand
  let machine: EmulatedMachine
  let features: EmulatorFeatures

  func write(to directory: RunFolder) throws {
    let lines = ([command.programName] + command.arguments).map { $0 + "\n" }.joined()
    try HostFile.write(
      Array(lines.utf8), to: directory.path.appending(RunFolder.argumentsName))
    try HostFile.write(
      Array(script.utf8), to: directory.script,
      permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
  }

  /// The same machine with its console on the terminal, so that the log of the run stays.
  private var script: String {
    let again = ToolCommand(
      .named(command.programName), machine.arguments(for: features, console: .terminal))
    return """
      #!/bin/sh
      # Starts exactly this guest again, its console on this terminal (Ctrl-C ends it).
      # Written by cmalab for QEMU \(features.version).
      cd "$(dirname "$0")" || exit 2
      exec \(again)

      """
  }
}
