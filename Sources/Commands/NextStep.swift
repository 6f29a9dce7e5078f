// SPDX-License-Identifier: Apache-2.0

/// What a new user may type next, below what a command has shown.
///
/// It is said where both streams are a terminal's: a pipe or a file gets results alone.
struct NextStep {
  let purpose: String
  let line: String

  init(_ purpose: String, _ line: String) {
    self.purpose = purpose
    self.line = line
  }

  static func say(_ steps: NextStep...) {
    guard StandardOutput.isTerminal, StandardError.isTerminal else { return }
    StandardError.say("\nNext:")
    for step in steps { StandardError.say("  # \(step.purpose)\n  \(step.line)") }
  }
}
