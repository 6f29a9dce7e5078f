// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProcesses
import SystemPackage

/// A `cmalab` on a terminal of its own, at which somebody types (Terminal/type.py).
struct TypedCommand {
  private let arguments: [String]
  private let environment: [String: String?]
  private let steps: [(expected: String, typed: String)]

  /// - Parameter steps: what to wait for, and what to type then.
  init(
    _ arguments: [String], environment: [String: String?] = [:],
    steps: [(expected: String, typed: String)]
  ) {
    self.arguments = arguments
    self.environment = environment
    self.steps = steps
  }

  /// What the terminal showed, and how the command ended.
  func shown() async throws -> String {
    let script = String(
      decoding: try JSONEncoder().encode(steps.map { [$0.expected, $0.typed] }), as: UTF8.self)
    let driver = TestEnvironment.checkout.pushing("Tests/CommandsTests/Terminal/type.py")
    let output = try await ToolCommand(
      .path("/usr/bin/python3"),
      [driver.string, "40", script, try CMALabProcess.executable.string] + arguments,
      environment: environment
    ).output(deadline: .seconds(180))
    return String(decoding: output.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }
}
