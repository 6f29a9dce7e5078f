// SPDX-License-Identifier: Apache-2.0
package import Emulator

/// A run's console log, read: its lines, its proved records, and what is wrong with it.
package struct Transcript: Sendable {
  package let console: ConsoleText
  /// In the order of their sequence numbers, which start at 0 and have no gap.
  package let records: [GuestRecord]
  package let faults: [RecordFault]

  /// - Parameter bytes: the raw console log, whatever is in it.
  package init(_ bytes: [UInt8]) {
    console = ConsoleText(bytes)
    let asPrinted = RecordReader(console)
    guard !asPrinted.faults.isEmpty else {
      records = asPrinted.records
      faults = []
      return
    }
    // A kernel message may have come between; what is whole without it was whole.
    let mended = RecordReader(console.withoutInterruptions())
    let better = mended.faults.isEmpty ? mended : asPrinted
    records = better.records
    faults = better.faults
  }

  /// The record of that name; nil where the guest did not print one that is whole.
  package func record(_ name: String) -> GuestRecord? {
    records.first { $0.name == name }
  }

  /// Whether every record came whole and the last one says that it is the last.
  package var isComplete: Bool {
    faults.isEmpty && records.last?.name == GuestRecord.endName
  }

  /// How the run ended: the first of these that holds.
  ///
  /// What the guest's kernel said about its own death outranks what became of the emulator, a
  /// panic that then hung outranks the deadline that ended it, and no log without its end record
  /// is complete.
  package func ending(after halt: EmulatorHalt) -> Ending {
    if let line = firstLine(.panic) { return Ending(.panicked, line) }
    if halt == .interrupted { return Ending(.interrupted, "stopped by a signal") }
    if let line = firstLine(.oops) { return Ending(.oopsed, line) }
    if let line = firstLine(.monitorFault) { return Ending(.faulted, line) }
    switch halt {
    case .overdue(let stage, let seconds):
      let kind: Ending.Kind = console.lines.isEmpty ? .silent : .timedOut
      return Ending(
        kind, "stage '\(stage)' was not over after \(seconds.formatted) s", stage: stage)
    case .flooded(let limit):
      return Ending(.corrupted, "the console log grew beyond \(limit) bytes")
    case .killed(let signal):
      return Ending(.emulatorExited, "QEMU was killed by signal \(signal)")
    case .exited(let status) where status != 0:
      return Ending(.emulatorExited, "QEMU ended with status \(status)")
    case .exited, .interrupted:
      break
    }
    if let fault = faults.first {
      return Ending(.corrupted, "console line \(fault.consoleLine): \(fault)")
    }
    if console.lines.isEmpty {
      return Ending(.silent, "the guest went away without a word", stage: "first output")
    }
    guard isComplete else {
      return Ending(.emulatorExited, "the guest went away before its last record")
    }
    return Ending(.completed, "the guest powered off after its last record")
  }

  private func firstLine(_ sign: KernelDistress) -> ConsoleText.Line? {
    console.lines.first { line in
      // Records repeat the kernel log, in which a message that was survived may stand.
      line.bytes.first != UInt8(ascii: "@") || sign == .monitorFault
        ? sign.isIn(line.text) : false
    }
  }
}

extension Double {
  /// Without a needless `.0`.
  fileprivate var formatted: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
