// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostProcesses
import Reports
import SystemPackage

/// Standard input, as a terminal.
enum StandardInput {
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// What a program needs to know of this terminal, as words `NAME=value`.
  static var terminalEnvironment: [String] {
    var words: [String] = []
    let name = ThisProcess.environment["TERM", default: ""]
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    if isPlain, !name.isEmpty, name.utf8.count <= 32 { words.append("TERM=\(name)") }
    var size = winsize()
    if ioctl(STDIN_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
      words += ["COLUMNS=\(size.ws_col)", "LINES=\(size.ws_row)"]
    }
    return words
  }

  /// Asks the user, and waits for a line.
  ///
  /// - Returns: without its newline; empty at the end of input.
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  static func answer(to question: String) async throws -> String {
    StandardError.write(question)
    return try await Heartbeat.ofThisProcess.paused {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      while poll(&input, 1, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
      return readLine(strippingNewline: true) ?? ""
    }
  }
}

/// Standard error: progress, warnings, errors.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func say(_ line: String) {
    write(line + "\n")
  }

  static func write(_ text: String) {
    Heartbeat.ofThisProcess.interrupted { writeAll(text) }
  }

  /// A terminal that is gone has nobody to tell.
  static func writeAll(_ text: String) {
    _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
  }
}

/// Standard output: results, and nothing else.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// - Throws: `Errno`, as when the disk is full that the output goes to.
  static func write(_ text: String) throws {
    try Heartbeat.ofThisProcess.interrupted {
      do {
        _ = try FileDescriptor.standardOutput.writeAll(Array(text.utf8))
      } catch Errno.brokenPipe {
        BrokenPipe.endThisProcess()
      }
    }
  }

  /// How text is to be drawn: as wide as the terminal, in colour where there is one and nobody
  /// objects (https://no-color.org), in Unicode where the locale has it.
  static var style: AddressMap.Style {
    let isTerminal = isTerminal
    var size = winsize()
    let isSized = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let columns = isSized && size.ws_col > 0 ? Int(size.ws_col) : 80
    return AddressMap.Style(
      width: min(columns, 100), unicode: isTerminal && HostEnvironment.hasUnicodeLocale,
      colour: isTerminal && ThisProcess.environment["NO_COLOR", default: ""].isEmpty
        ? .ansi : .none, isCut: isTerminal)
  }
}
