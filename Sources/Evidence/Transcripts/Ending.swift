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
  /// Of a panic: what the kernel had found wrong with itself before, first of all.
  package let firstFault: Fault?
  /// The stage that was not over, of a run that did not come to an end of its own.
  package let stage: String?

  /// A console line with which a kernel tells that it is broken.
  package struct Fault: Hashable, Sendable, Codable {
    package let text: String
    /// Counted from 1.
    package let consoleLine: Int

    package init(text: String, consoleLine: Int) {
      self.text = text
      self.consoleLine = consoleLine
    }
  }

  package init(_ kind: Kind, _ line: String, stage: String? = nil) {
    self.kind = kind
    firstFault = nil
    self.line = line
    self.stage = stage
    consoleLine = nil
  }

  /// - Parameter fault: the first one; nil where there is none before the line.
  init(_ kind: Kind, _ line: ConsoleText.Line, after fault: ConsoleText.Line? = nil) {
    firstFault =
      fault.flatMap { fault in
        fault.number < line.number ? Fault(text: fault.text, consoleLine: fault.number) : nil
      }
    self.kind = kind
    self.line = line.text
    consoleLine = line.number
    stage = nil
  }
}
