// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What the help of a command and its man page say beside the options.
struct CommandManual: Hashable, Sendable {
  /// A command line to copy.
  struct Example: Hashable, Sendable {
    let purpose: String
    let line: String

    init(_ purpose: String, _ line: String) {
      self.purpose = purpose
      self.line = line
    }
  }

  /// What an exit code means.
  struct Status: Hashable, Sendable {
    let code: ExitCode
    let meaning: String

    static func success(_ meaning: String) -> Status { Status(code: .success, meaning: meaning) }
    static func failure(_ meaning: String) -> Status {
      Status(code: .verdictFailed, meaning: meaning)
    }
    static func trouble(_ meaning: String = "trouble with a file or with this machine") -> Status {
      Status(code: .trouble, meaning: meaning)
    }
    fileprivate static let usage = Status(
      code: .validationFailure, meaning: "usage: a wrong command, option or value")
  }

  private let introduction: String
  let examples: [Example]
  let statuses: [Status]

  /// - Parameter statuses: without that of usage, which all have.
  init(_ introduction: String = "", examples: [Example], statuses: [Status]) {
    self.introduction = introduction
    self.examples = examples
    self.statuses = statuses + [.usage]
  }

  /// Headings as the man page's maker looks for them (.ci/manual.awk).
  var text: String {
    let shown = examples.map { "  # \($0.purpose)\n  \($0.line)" }
    let codes = statuses.map { status in
      let code = "\(status.code.rawValue)"
      return "  \(code)\(String(repeating: " ", count: 4 - code.count))\(status.meaning)"
    }
    let parts = [
      introduction, (["Examples:"] + shown).joined(separator: "\n"),
      (["Exit status:"] + codes).joined(separator: "\n"),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}

/// A command whose help has examples and says what its exit codes mean.
protocol DocumentedCommand: ParsableCommand {
  static var manual: CommandManual { get }
}
