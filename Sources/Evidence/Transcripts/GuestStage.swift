// SPDX-License-Identifier: Apache-2.0

/// The stages of a guest's run, each named by the end that the console shows of it.
package enum GuestStage: String, Sendable {
  case firstOutput = "first output"
  case userspace
  case lastRecord = "last record"
  case powerOff = "power-off"
}

extension Transcript {
  /// What a dying kernel says first (kernel/panic.c, panic); nothing of a run comes after it.
  package static let panicWords = "Kernel panic - not syncing"

  /// The first stage that the console shows no end of.
  var unfinishedStage: GuestStage {
    if console.isEmpty { return .firstOutput }
    if records.isEmpty { return .userspace }
    return isComplete ? .powerOff : .lastRecord
  }
}
