// SPDX-License-Identifier: Apache-2.0
import Glibc
import Reports
import SystemPackage

/// Standard error: progress, warnings, errors.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func say(_ line: String) {
    write(line + "\n")
  }

  /// A terminal that is gone has nobody to tell.
  static func write(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
  }
}

/// Standard output: results, and nothing else.
enum StandardOutput {
  /// - Throws: `Errno`, as when the disk is full that the output goes to.
  static func write(_ text: String) throws {
    _ = try FileDescriptor.standardOutput.writeAll(Array(text.utf8))
  }

  /// How text is to be drawn: as wide as the terminal, in colour where there is one and nobody
  /// objects (https://no-color.org), in Unicode where the locale has it.
  static var style: AddressMap.Style {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var size = winsize()
    let isSized = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let columns = isSized && size.ws_col > 0 ? Int(size.ws_col) : 80
    return AddressMap.Style(
      width: min(columns, 100), unicode: isTerminal && HostEnvironment.hasUnicodeLocale,
      colour: isTerminal && HostEnvironment.variables["NO_COLOR", default: ""].isEmpty
        ? .ansi : .none)
  }
}
