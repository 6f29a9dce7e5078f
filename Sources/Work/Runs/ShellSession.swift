// SPDX-License-Identifier: Apache-2.0

import Emulator
import Guests
import HostFiles
package import HostProcesses
package import Records
import SystemPackage

/// A guest that somebody types in. It has no verdict, and nothing of it stays.
package struct ShellSession: Sendable {
  private let prepared: PreparedRun
  private let directory: RunFolder

  package init(_ prepared: PreparedRun, in directory: RunFolder) {
    self.prepared = prepared
    self.directory = directory
  }

  /// Lends this process's terminal to the guest until the guest ends.
  ///
  /// - Throws: `ShellSessionError` for a QEMU that failed; `ToolError`, `HostFileError`,
  ///   `CancellationError`.
  package func run() async throws {
    try await directory.reserved { try await runReserved() }
  }

  private func runReserved() async throws {
    defer { directory.discardFiles() }
    try directory.clear()
    try prepared.guest.write(to: directory.path)
    let arguments = prepared.guest.machine.arguments(for: prepared.features, console: .shell)
    let status = try await ToolCommand(
      .named(EmulatorFeatures.program), arguments, directory: directory.path
    ).runOnTerminal()
    guard status.isSuccess else { throw ShellSessionError.emulator(status) }
  }
}

/// Why a shell's guest ended otherwise than by its user's will.
package enum ShellSessionError: Error, Hashable, CustomStringConvertible {
  case emulator(ToolStatus)

  package var description: String {
    switch self {
    case .emulator(let status): "\(EmulatorFeatures.program) \(status)"
    }
  }
}
