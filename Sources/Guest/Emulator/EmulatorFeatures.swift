// SPDX-License-Identifier: Apache-2.0
package import HostFiles

/// What the QEMU on this machine is and can do.
package struct EmulatorFeatures: Hashable, Sendable {
  /// As it calls itself: `7.2.22`.
  package let version: String
  /// Whether it was built with seccomp and takes `-sandbox on`.
  package let hasSandbox: Bool

  package init(version: String, hasSandbox: Bool) {
    self.version = version
    self.hasSandbox = hasSandbox
  }

  package static let program = "qemu-system-aarch64"

  /// Asks the QEMU in PATH, or remembers what it said when it was asked last.
  ///
  /// - Throws: `ToolError` where there is none, `EmulatorError` where its answer is not understood.
  package static func probe(_ fingerprints: FileFingerprints) async throws -> EmulatorFeatures {
    let banner = try await fingerprints.version(of: program, arguments: ["--version"])
    // A QEMU without seccomp does not list the option.
    let help = try await fingerprints.version(of: program, arguments: ["-help"])
    return try EmulatorFeatures(banner: banner, help: help)
  }

  /// - Parameters:
  ///   - banner: what `--version` prints: `QEMU emulator version 7.2.22 (Debian …)`.
  ///   - help: what `-help` prints.
  package init(banner: String, help: String) throws(EmulatorError) {
    let marker = "QEMU emulator version "
    guard
      let version = Self.lines(of: banner, beginningWith: marker).first?
        .dropFirst(marker.utf8.count).split(separator: UInt8(ascii: " ")).first
    else { throw .unknownVersion(String(banner.prefix(80))) }
    self.init(
      version: String(decoding: version, as: UTF8.self),
      hasSandbox: !Self.lines(of: help, beginningWith: "-sandbox ").isEmpty)
  }

  /// By bytes: to look for words among the characters of QEMU's help takes a millisecond of each boot.
  private static func lines(
    of answer: String, beginningWith words: String
  ) -> [Substring.UTF8View] {
    answer.utf8.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: words.utf8) }
  }
}

/// Why QEMU cannot be used.
package enum EmulatorError: Error, Hashable, CustomStringConvertible {
  case unknownVersion(String)

  package var description: String {
    switch self {
    case .unknownVersion(let banner):
      "'\(EmulatorFeatures.program) --version' said '\(banner)', which names no QEMU: check PATH"
    }
  }
}
