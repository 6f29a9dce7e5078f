// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Synchronization

/// Shows that a command lives that has said nothing for two seconds: on a terminal by a line that is
/// there until something else is said, elsewhere by a line now and then.
final class Heartbeat: Sendable {
  /// A process has one terminal, whose last line everybody writes to.
  static let ofThisProcess = Heartbeat()

  private struct State {
    let started = ContinuousClock.now
    var lastWords = ContinuousClock.now
    var isShown = false
    var isPaused = false
  }

  private static let patience = Duration.seconds(2)
  /// Of a log that nobody watches.
  private static let plainPatience = Duration.seconds(15)

  private let state = Mutex(State())

  /// Takes its own line away before something else is said, which begins the wait anew.
  func interrupted<Failure>(_ write: () throws(Failure) -> Void) throws(Failure) {
    try state.withLock { (state) throws(Failure) in
      if state.isShown { StandardError.writeAll(StatusLine.erase) }
      state.isShown = false
      state.lastWords = .now
      try write()
    }
  }

  /// What whoever typed the command knows it by.
  static func name(of command: any ParsableCommand, called arguments: [String]) -> String {
    arguments.first { !$0.hasPrefix("-") } ?? type(of: command).configuration.commandName
      ?? "cmalab"
  }

  /// Is silent while the terminal is somebody else's.
  func paused<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    state.withLock { $0.isPaused = true }
    defer {
      state.withLock { state in
        state.isPaused = false
        state.lastWords = .now
      }
    }
    return try await body()
  }

  /// Beats until the task is cancelled.
  ///
  /// - Parameter name: of the command.
  func beat(as name: String) async {
    let isTerminal = StandardError.isTerminal
    let patience = isTerminal ? Self.patience : Self.plainPatience
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      state.withLock { state in
        guard !state.isPaused else { return }
        guard state.isShown || ContinuousClock.now - state.lastWords >= patience else { return }
        let seconds = Int((ContinuousClock.now - state.started) / .seconds(1))
        let words = "cmalab: \(name) goes on, \(seconds) s so far (Ctrl-C ends it)"
        StandardError.writeAll(isTerminal ? StatusLine.erase + words : words + "\n")
        state.isShown = isTerminal
        if !isTerminal { state.lastWords = .now }
      }
    }
    interrupted {}
  }
}
