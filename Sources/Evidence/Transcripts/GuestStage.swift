// SPDX-License-Identifier: Apache-2.0

import KernelConsole

/// The stages of a guest's run, each named by the end that the console shows of it.
package enum GuestStage: String, Sendable {
  case firstOutput = "first output"
  case userspace
  case lastRecord = "last record"
  case powerOff = "power-off"
}

extension Transcript {
  /// Whether a line of a console that is still being written is a panic, or an oops after which nothing
  /// that the guest does can be relied on; and not its echo.
  ///
  /// - Parameter foreignTexts: as of a transcript.
  package static func isDeath(_ line: [UInt8], foreignTexts: [String]) -> Bool {
    let text = String(printing: line)
    // What stands before the line is not known, so no text's further line is believed.
    let further = foreignTexts.flatMap { $0.split(separator: "\n").dropFirst() }
    var reader = MessageReader()
    let message = reader.read(text[...])
    switch message.distress?.kind {
    case .panic, .oops: return !further.contains { message.text.hasPrefix($0) }
    case .report, nil: return false
    }
  }

  /// Whether the guest's init has spoken.
  package var hasReachedUserSpace: Bool {
    let words = Array(Self.firstWords.utf8)
    return console.bytes.withByteView { view in
      var scanner = LineScanner(cuts: console.cuts)
      while let line = scanner.next(in: view) {
        if view.holds(words, at: line.start) { return true }
      }
      return false
    }
  }

  private static let firstWords = GuestRecord.firstWords

  /// The first stage that the console shows no end of.
  var unfinishedStage: GuestStage {
    if console.isEmpty { return .firstOutput }
    if records.isEmpty { return .userspace }
    return isComplete ? .powerOff : .lastRecord
  }
}
