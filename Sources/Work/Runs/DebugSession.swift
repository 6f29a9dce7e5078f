// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import Records
package import SystemPackage

/// A guest that has not run its first instruction and waits for gdb.
package struct DebugSession: Sendable {
  /// The kernel's entry, where gdb is to stop first.
  let entry: PhysicalAddress
  /// The kernel with its symbols, to match the image; nil where nobody has it.
  package let symbols: FilePath?
  /// Whether the symbols come with the source's lines, and with where each frame ends.
  let hasDebugInfo: Bool
  let directory: RunFolder

  private static let program = "gdb-multiarch"

  /// What a user types into the shell of another terminal.
  package var command: String {
    ToolCommand(
      .named(Self.program),
      ["--cd=\(directory.path)", "--command=\(directory.debuggerCommands)"]
    ).description
  }

  /// Writes the commands that gdb begins with.
  func write() throws {
    try HostFile.write(Array(commands.utf8), to: directory.debuggerCommands)
  }

  /// The machine starts in the monitor, at EL2. Its addresses are not the guest's, so the
  /// breakpoint asks for another level: PSTATE.M is 9 there, and 5 at EL1 (Arm Architecture
  /// Reference Manual, C5.2.19).
  private var commands: String {
    let file = symbols.map { "file \(Self.quoted($0.string))\n" } ?? ""
    return """
      # Written by cmalab: from power-on to the kernel's first instruction.
      set architecture aarch64
      # Without debug information gdb does not see where a stack ends.
      set backtrace limit \(hasDebugInfo ? 64 : 8)
      \(file)target remote \(RunFolder.debugSocketName)
      thbreak *\(entry) if ($cpsr & 0xf) != 9
      continue
      echo The guest is at its kernel's entry, the MMU off. Names hold from start_kernel on:\\n
      echo   thbreak start_kernel\\n
      echo   continue\\n
      \(hasDebugInfo ? "" : Self.withoutDebugInfo)
      """
  }

  /// Without it gdb does not see a frame's end, and repeats the last one that it knows.
  private static let withoutDebugInfo =
    #"echo The kernel has no debug information: 'bt' repeats a frame; boot with --debug-info for more.\n"#

  /// A word as gdb's own commands read it (gdb_buildargv).
  private static func quoted(_ word: String) -> String {
    "\""
      + word.replacing(#"\"#, with: #"\\"#).replacing("\"", with: #"\""#)
      + "\""
  }

  /// Waits until QEMU listens.
  func listening() async throws {
    while !HostFile.exists(directory.debugSocket) { try await Task.sleep(for: .milliseconds(10)) }
  }
}
