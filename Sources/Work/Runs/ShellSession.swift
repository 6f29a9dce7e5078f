// SPDX-License-Identifier: Apache-2.0

import Emulator
import Guests
import HostFiles
package import HostProcesses
import KernelConsole
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
    let arguments = prepared.guest.machine.arguments(
      for: prepared.features, console: .shell(log: FilePath(RunFolder.consoleName)))
    let status = try await ToolCommand(
      .named(EmulatorFeatures.program), arguments, directory: directory.path
    ).runOnTerminal()
    guard status.isSuccess else { throw ShellSessionError.emulator(status) }
    if let words = panic { throw ShellSessionError.panicked(words) }
  }

  /// What the kernel panicked of, which ends a guest as its user's own leaving does.
  private var panic: String? {
    let log = directory.path.appending(RunFolder.consoleName)
    guard let tail = try? HostFile.tail(of: log, count: Self.longestEnd) else { return nil }
    let line = String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline)
      .last { $0.hasPrefix("[") && $0.contains(KernelDistress.panicWords) }
    return line?.firstRange(of: KernelDistress.panicWords).flatMap { words in
      let said = line?[words.upperBound...].drop { $0 == ":" || $0 == " " }
      return said.map { String($0.unicodeScalars.filter { (" "..."~").contains($0) }) }
    }
  }

  /// A panic's registers and stack come after its line.
  private static let longestEnd = 16 << 10
}

/// Why a shell's guest ended otherwise than by its user's will.
package enum ShellSessionError: Error, Hashable, CustomStringConvertible {
  case emulator(ToolStatus)
  /// In the kernel's words.
  case panicked(String)

  package var description: String {
    switch self {
    case .emulator(let status): "\(EmulatorFeatures.program) \(status)"
    case .panicked(let words):
      "the guest panicked, '\(words)': cmalab boot without --shell tells why"
    }
  }
}
