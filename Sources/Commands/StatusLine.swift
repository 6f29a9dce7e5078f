// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How far a long work is: a line that lives on a terminal, a plain line now and then elsewhere.
final class StatusLine: Sendable {
  /// How often a log that nobody watches gets a line.
  private static let plainInterval = Duration.seconds(15)
  /// So that no terminal wraps it.
  private static let longest = 78
  /// Erase to the end of the line (ECMA-48, EL).
  static let erase = "\r\u{1b}[K"

  private let isTerminal: Bool
  private let lastPlainLine = Mutex(ContinuousClock.now)

  init(isTerminal: Bool = StandardError.isTerminal) {
    self.isTerminal = isTerminal
  }

  /// Begins to count the time to the first plain line anew.
  func restart() {
    lastPlainLine.withLock { $0 = .now }
  }

  /// Shows how things stand.
  func update(_ text: @autoclosure () -> String) {
    if isTerminal {
      StandardError.write("\(Self.erase)\(text().prefix(Self.longest))")
    } else if isDue() {
      Diagnostics.progress(text())
    }
  }

  /// Says something that stays.
  func say(_ text: String) {
    clear()
    Diagnostics.progress(text)
  }

  /// Takes the living line away.
  func clear() {
    if isTerminal { StandardError.write(Self.erase) }
  }

  private func isDue() -> Bool {
    lastPlainLine.withLock { last in
      guard ContinuousClock.now - last > Self.plainInterval else { return false }
      last = .now
      return true
    }
  }
}
