// SPDX-License-Identifier: Apache-2.0

/// What cmalab says beside its results, on standard error: one line each.
enum Diagnostics {
  static func error(_ text: String) { StandardError.say("cmalab: error: \(text)") }

  static func warning(_ text: String) { StandardError.say("cmalab: warning: \(text)") }

  static func note(_ text: String) { StandardError.say("cmalab: note: \(text)") }

  /// What goes on.
  static func progress(_ text: String) { StandardError.say("cmalab: \(text)") }
}
