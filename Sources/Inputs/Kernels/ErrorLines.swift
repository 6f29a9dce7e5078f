// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The lines in which a compiler, a linker or make says what is wrong, and the one before the
/// first of them: many a tool names its trouble and leaves the word "error" to make.
final class ErrorLines: Sendable {
  private struct State {
    var found: [String] = []
    var previous = ""
  }

  private static let limit = 12
  private static let signs = [
    "error:", "*** ", "undefined reference", "fatal:", ": not found",
  ]
  private let state = Mutex(State())

  var lines: [String] { state.withLock { $0.found } }

  func look(at line: Substring) {
    let isError = Self.signs.contains { line.contains($0) }
    state.withLock { state in
      let text = String(line.prefix(300))
      if isError, state.found.isEmpty, !state.previous.isEmpty {
        state.found.append(state.previous)
      }
      if isError, state.found.count < Self.limit { state.found.append(text) }
      state.previous = text
    }
  }
}
