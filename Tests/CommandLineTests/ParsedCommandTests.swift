// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import Commands

/// A command line is parsed by the command that it calls, and means what it means to the whole tool.
@Suite struct ParsedCommandTests {
  @Test(arguments: [
    "", "boot --cma 64M --cpus 2", "boards", "boards show rpi4 --layout 4g", "boards help",
    "boards rpi4", "kernels rules 6.12 --against 6.1", "matrix lab.yaml",
    "matrix submit lab.yaml --engine slurm", "build", "lint help.dts", "help boot", "boot help",
    "boot -h", "boards show --help", "--version", "boot --version", "nonsense", "boot --nonsense",
    "boot --cma nonsense", "boot -- --cma 64M", "boot --append --help",
    "boot --generate-completion-script bash", "schema",
  ])
  func itIsWhatTheWholeToolMakesOfIt(line: String) {
    let arguments = line.split(separator: " ").map(String.init)
    let own = Self.outcome { try CommandLineTool.parsedCommand(of: arguments) }
    let whole = Self.outcome { try CommandLineTool.parseAsRoot(arguments) }
    #expect(own == whole)
  }

  /// The command with its values; or what is said, and the exit code.
  private static func outcome(_ parse: () throws -> any ParsableCommand) -> String {
    do {
      return String(reflecting: try parse())
    } catch {
      let code = CommandLineTool.exitCode(for: error)
      return "\(code): \(CommandLineTool.fullMessage(for: error))"
    }
  }
}
