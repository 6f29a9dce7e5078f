// SPDX-License-Identifier: Apache-2.0

/// Why a host program did not do its work.
package struct ToolError: Error, Sendable {
  package enum Reason: Hashable, Sendable {
    /// PATH does not have it.
    case notFound
    /// It could not be started; the text is the system's reason.
    case notStarted(String)
    /// It ended with a non-zero status or a signal; the tail of what it wrote.
    case failed(ToolStatus, output: String)
    /// It wrote more than it was given room for, in bytes.
    case tooMuchOutput(limit: Int)
    /// It was still running at its deadline and was killed.
    case timedOut(Duration)
  }

  package let program: String
  package let reason: Reason
}

extension ToolError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .notFound:
      "the program '\(program)' is missing: 'cmalab doctor' names the package that brings it"
    case .notStarted(let why):
      "'\(program)' could not be started: \(why)"
    case .failed(let status, let output):
      output.isEmpty
        ? "'\(program)' \(status)" : "'\(program)' \(status):\n\(output)"
    case .tooMuchOutput(let limit):
      "'\(program)' wrote more than \(limit) bytes and was stopped"
    case .timedOut(let deadline):
      "'\(program)' was still running after \(deadline) and was stopped"
    }
  }
}

/// How a host program ended.
package enum ToolStatus: Hashable, Sendable {
  case exited(Int32)
  case signaled(Int32)

  package var isSuccess: Bool { self == .exited(0) }
}

extension ToolStatus: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exited(let code): "ended with status \(code)"
    case .signaled(let signal): "was killed by signal \(signal)"
    }
  }
}
