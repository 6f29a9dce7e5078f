// SPDX-License-Identifier: Apache-2.0

package import Emulator

/// A run's console log, read: its lines, its proved records, and what is wrong with it.
package struct Transcript: Sendable {
  package let console: ConsoleText
  /// In the order of their sequence numbers, which start at 0 and have no gap.
  package let records: [GuestRecord]
  /// The first thing that is wrong with them; nil where nothing is.
  package let fault: RecordFault?
  /// What the guest was given that its kernel may repeat, each of several lines.
  package let foreignTexts: [String]
  /// Where the records lie in the console's bytes; none of those that had to be mended.
  let spansOfRecords: [Range<Int>]

  /// - Parameters:
  ///   - bytes: the raw console log, whatever is in it.
  ///   - foreignTexts: what the guest was given that its kernel may repeat: the command line, the
  ///     tree's model, names of nodes.
  package init(_ bytes: [UInt8], foreignTexts: [String] = []) {
    console = ConsoleText(bytes)
    self.foreignTexts = foreignTexts.filter { $0.contains("\n") }
    let asPrinted = RecordReader(console)
    // A kernel message may have come between; what is whole without it was whole.
    if asPrinted.fault != nil, let text = console.withoutInterruptions() {
      let mended = RecordReader(text)
      if mended.fault == nil {
        records = mended.records
        fault = nil
        spansOfRecords = []
        return
      }
    }
    records = asPrinted.records
    fault = asPrinted.fault
    spansOfRecords = records.map(\.span)
  }

  /// The record of that name; nil where the guest did not print one that is whole.
  package func record(_ name: String) -> GuestRecord? {
    records.first { $0.name == name }
  }

  /// Whether every record came whole and the last one says that it is the last.
  package var isComplete: Bool {
    fault == nil && records.last?.name == GuestRecord.endName
  }

  /// How the run ended: the first of these that holds.
  ///
  /// What the guest's kernel said about its own death outranks what became of the emulator, a
  /// panic that then hung outranks the deadline that ended it, and no log without its end record
  /// is complete.
  package func ending(after halt: EmulatorHalt) -> Ending {
    let signs = DistressSigns(self)
    if let line = signs.panic { return Ending(.panicked, line, after: signs.bug) }
    if halt == .interrupted { return unfinished(.interrupted, "stopped by a signal") }
    if let line = signs.bug { return Ending(.oopsed, line) }
    if let line = signs.monitorFault { return Ending(.faulted, line) }
    switch halt {
    case .overdue(let stage, let seconds):
      let kind: Ending.Kind = console.isEmpty ? .silent : .timedOut
      return Ending(
        kind, "stage '\(stage)' was not over after \(seconds.formatted) s", stage: stage)
    case .flooded(let limit):
      return Ending(.corrupted, "the console log grew beyond \(limit) bytes")
    case .killed(let signal):
      return unfinished(.emulatorExited, "QEMU was killed by signal \(signal)")
    case .exited(let status) where status != 0:
      return unfinished(.emulatorExited, "QEMU ended with status \(status)")
    case .exited, .interrupted:
      break
    }
    if let fault = console.excess ?? fault {
      return Ending(.corrupted, "console line \(fault.consoleLine): \(fault)")
    }
    if console.isEmpty {
      return unfinished(.silent, "the guest ended without a line of output")
    }
    guard isComplete else {
      return unfinished(.emulatorExited, "the guest went away before its last record")
    }
    return Ending(.completed, "the guest powered off after its last record")
  }

  private func unfinished(_ kind: Ending.Kind, _ what: String) -> Ending {
    let stage = unfinishedStage.rawValue
    return Ending(kind, "\(what) in stage '\(stage)'", stage: stage)
  }
}

extension Double {
  /// Without a needless `.0`.
  fileprivate var formatted: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
