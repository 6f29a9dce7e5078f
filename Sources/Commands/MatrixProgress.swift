// SPDX-License-Identifier: Apache-2.0

import Matrix
import Records
import Synchronization

/// Shows a matrix while it runs: a line that lives on a terminal, plain lines elsewhere.
final class MatrixProgress: Sendable {
  private struct State {
    var done = 0
    var finishedHere = 0
    var unexpected = 0
    var started = ContinuousClock.now
    var lastPlainLine = ContinuousClock.now
  }

  /// How often a log that nobody watches gets a line.
  private static let plainInterval = Duration.seconds(15)

  private let total: Int
  private let isTerminal = StandardError.isTerminal
  private let state = Mutex(State())

  init(total: Int) {
    self.total = total
  }

  /// - Parameter done: the cells that an earlier run has finished.
  func start(done: Int) {
    state.withLock { state in
      state.done = done
      state.started = .now
      state.lastPlainLine = .now
    }
    if done > 0 { StandardError.say("cmalab: \(done) of \(total) cells are done already") }
  }

  func show(_ event: MatrixEvent) {
    switch event {
    case .finished(let cell, let result):
      state.withLock { state in
        state.done += 1
        state.finishedHere += 1
        if !result.expected { state.unexpected += 1 }
      }
      if !result.expected {
        line("\(cell.id): expected \(cell.expect.rawValue), but \(result.record.reason)")
      }
      refresh()
    case .damaged(let damage):
      line("warning: \(damage); its cell is run again")
    case .retried(let cell, let reason):
      line("\(cell.id): once more, as the harness failed: \(reason)")
    }
  }

  func end() {
    if isTerminal { StandardError.write("\r\u{1b}[K") }
  }

  private func refresh() {
    let now = ContinuousClock.now
    let text = state.withLock { state -> String? in
      if !isTerminal {
        guard now - state.lastPlainLine > Self.plainInterval else { return nil }
        state.lastPlainLine = now
      }
      return Self.text(
        done: state.done, of: total, unexpected: state.unexpected,
        rate: Double(state.finishedHere) / max((now - state.started) / .seconds(1), 0.001))
    }
    guard let text else { return }
    // Erase to the end of the line (ECMA-48, EL).
    if isTerminal { StandardError.write("\r\u{1b}[K\(text)") } else { line(text) }
  }

  static func text(done: Int, of total: Int, unexpected: Int, rate: Double) -> String {
    let seconds = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    let left = seconds < 100 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    let tenths = Int((rate * 10).rounded())
    return "\(done)/\(total) done, \(unexpected) not as expected, "
      + "\(tenths / 10).\(tenths % 10)/s, \(left) left"
  }

  private func line(_ text: String) {
    StandardError.say((isTerminal ? "\r\u{1b}[K" : "cmalab: ") + text)
  }
}
