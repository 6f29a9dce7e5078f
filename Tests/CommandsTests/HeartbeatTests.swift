// SPDX-License-Identifier: Apache-2.0

import Testing

/// A command that takes its time.
@Suite struct HeartbeatTests {
  private static let words = "cmalab: explain goes on, "

  /// It waits for a log to be typed, which ends with Control-D.
  @Test func aTerminalShowsThatItLives() async throws {
    let shown = try await TypedCommand(
      ["explain", "-"], steps: [(Self.words + "3 s so far", "\u{4}")]
    ).shown()
    // The line is gone before anything else is said.
    #expect(shown.contains("\u{1b}[Kcmalab: error: standard input"), "\(shown)")
    #expect(shown.hasSuffix("[status 2] [restored True] []\n"))
  }

  @Test func aQuickOneSaysNothingOfItself() async throws {
    let shown = try await TypedCommand(["boards"], steps: []).shown()
    #expect(shown.contains("arm64-4g"))
    #expect(!shown.contains("goes on"))
  }
}
