// SPDX-License-Identifier: Apache-2.0

/// The programs that a result depends on.
package struct ProgramVersions: Hashable, Sendable, Codable {
  /// cmalab's version and the SHA-256 of its executable.
  package let cmalab: String
  package let executable: String
  /// The first line of `qemu-system-aarch64 --version`; nil where there is none.
  package let emulator: String?

  package init(cmalab: String, executable: String, emulator: String?) {
    self.cmalab = cmalab
    self.executable = executable
    self.emulator = emulator
  }
}

extension ProgramVersions {
  /// `QEMU emulator version 8.2.2 instead of QEMU emulator version 7.2.22`.
  package func difference(from other: ProgramVersions) -> String {
    var words: [String] = []
    if emulator != other.emulator {
      words.append("\(emulator ?? "no QEMU") instead of \(other.emulator ?? "no QEMU")")
    }
    if cmalab != other.cmalab {
      words.append("cmalab \(cmalab) instead of \(other.cmalab)")
    } else if executable != other.executable {
      words.append("another build of cmalab \(cmalab)")
    }
    return words.joined(separator: ", ")
  }
}
