// SPDX-License-Identifier: Apache-2.0

import Matrix
import Records
import Synchronization

/// Shows a matrix while it runs.
final class MatrixProgress: Sendable {
  private struct State {
    var hasStarted = false
    var done = 0
    var finishedHere = 0
    var unexpected = 0
    var damaged = 0
    var started = ContinuousClock.now
  }

  /// More of them nobody reads.
  private static let mostDamages = 20

  private let total: Int
  private let status = StatusLine()
  private let state = Mutex(State())

  init(total: Int) {
    self.total = total
  }

  private func start(done: Int) {
    state.withLock { state in
      state.hasStarted = true
      state.done = done
      state.started = .now
    }
    status.restart()
    let further = state.withLock { $0.damaged } - Self.mostDamages
    if further > 0 {
      status.say("warning: \(further) more damaged lines; their cells are run again")
    }
    if done > 0 { status.say("\(done) of \(total) cells are done already") }
  }

  func show(_ event: MatrixEvent) {
    switch event {
    case .waitingForOther:
      status.say("another cmalab runs this matrix: waiting for it")
    case .started(let done):
      start(done: done)
    case .finished(_, let result):
      state.withLock { state in
        state.done += 1
        state.finishedHere += 1
        if !result.expected { state.unexpected += 1 }
      }
      status.update(text)
    case .damaged(let damage):
      let number = state.withLock { state in
        state.damaged += 1
        return state.damaged
      }
      if number <= Self.mostDamages { status.say("warning: \(damage); its cell is run again") }
    case .retried(let cell, let reason):
      status.say("\(cell.id): once more, as the harness failed: \(reason)")
    }
  }

  /// Whether guests ran, or were about to.
  var hasStarted: Bool { state.withLock { $0.hasStarted } }

  func end() { status.clear() }

  private var text: String {
    state.withLock { state in
      Self.text(
        done: state.done, of: total, unexpected: state.unexpected,
        rate: Double(state.finishedHere)
          / max((ContinuousClock.now - state.started) / .seconds(1), 0.001))
    }
  }

  static func text(done: Int, of total: Int, unexpected: Int, rate: Double) -> String {
    let seconds = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    let left = seconds < 100 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    let tenths = Int((rate * 10).rounded())
    return "\(done)/\(total) done, \(unexpected) not as expected, "
      + "\(tenths / 10).\(tenths % 10)/s, \(left) left"
  }
}
