// SPDX-License-Identifier: Apache-2.0

/// How a run ended, as far as its console and its emulator tell.
package struct Ending: Hashable, Sendable {
  package enum Kind: String, Sendable, Codable {
    /// Every record came and the guest powered off.
    case completed
    /// The kernel panicked.
    case panicked
    /// The kernel reported a bug of its own (an oops, a BUG, a warning) and went on or hung.
    case oopsed
    /// The guest touched what its machine does not have, and the EL2 monitor stopped it.
    case faulted
    /// A stage was not over at its deadline.
    case timedOut = "timed-out"
    /// The guest printed nothing at all.
    case silent
    /// QEMU went away before the guest had finished.
    case emulatorExited = "emulator-exited"
    /// The records do not prove themselves.
    case corrupted
    /// We were asked to stop.
    case interrupted
  }

  package let kind: Kind
  /// The console line, or the emulator's end, that shows it.
  package let line: String
  /// Where `line` stands in the console log, counted from 1; nil where it is not the guest's.
  package let consoleLine: Int?
  /// The stage that was not over, of a run that did not come to an end of its own.
  package let stage: String?

  package init(_ kind: Kind, _ line: String, stage: String? = nil) {
    self.kind = kind
    self.line = line
    self.stage = stage
    consoleLine = nil
  }

  init(_ kind: Kind, _ line: ConsoleText.Line) {
    self.kind = kind
    self.line = line.text
    consoleLine = line.number
    stage = nil
  }
}
