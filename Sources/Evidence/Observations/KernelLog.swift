// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Transcripts

/// A message of the guest's kernel.
package struct KernelMessage: Hashable, Sendable {
  /// Seconds since boot; nil for a message without a time.
  package let seconds: Double?
  /// Without level and time.
  package let text: String
  /// Whether it only repeats what the kernel was given.
  package let isEcho: Bool
  package let evidence: Evidence

  /// The message of the line that is its evidence.
  init(_ reader: inout MessageReader, _ evidence: Evidence) {
    let message = reader.read(evidence.text[...])
    seconds = message.prefix.seconds
    text = String(message.text)
    isEcho = message.isEcho
    self.evidence = evidence
  }
}

/// The guest's kernel log.
package struct KernelLog: Sendable {
  package let messages: [KernelMessage]
  /// Whether the guest printed the record of its ring buffer.
  let isRecorded: Bool

  /// Reads the record of the ring buffer, which is complete unless it wrapped, or, of a guest that
  /// died before it could print that, what the kernel itself wrote to the console.
  init(_ transcript: Transcript) {
    var reader = MessageReader(foreignTexts: transcript.foreignTexts)
    guard let record = transcript.record("kernel-log"), record.lines.first?.isExcuse != true else {
      isRecorded = false
      messages = Self.console(of: transcript, &reader)
      return
    }
    isRecorded = true
    let recorded = record.lines.map { KernelMessage(&reader, Evidence(record, $0)) }
    messages =
      Self.isBeginning(recorded.first)
      ? recorded : Self.head(of: recorded, on: Self.console(of: transcript, &reader)) + recorded
  }

  private static func console(
    of transcript: Transcript, _ reader: inout MessageReader
  ) -> [KernelMessage] {
    transcript.console.lines.filter { $0.bytes.first != UInt8(ascii: "@") }.map {
      KernelMessage(&reader, Evidence(source: "console", line: $0.number, text: $0.text))
    }
  }

  /// The first message of every boot (arch/arm64/kernel/setup.c and arch/arm/kernel/setup.c,
  /// smp_setup_processor_id): a ring buffer that wrapped has lost it.
  static func isBeginning(_ message: KernelMessage?) -> Bool {
    message?.text.hasPrefix("Booting Linux on physical CPU") == true
  }

  /// How many messages of the ring buffer have to follow each other on the console as well: where
  /// `loglevel=` or `quiet` keeps some from it, it does not tell what the ring buffer lost.
  private static let overlap = 16

  /// What the console has of a boot before the first message of a ring buffer that wrapped; empty where
  /// it does not have all of that.
  private static func head(
    of recorded: [KernelMessage], on console: [KernelMessage]
  ) -> ArraySlice<KernelMessage> {
    let next = recorded.prefix(overlap).map(\.text)
    guard next.count == overlap, let start = console.firstIndex(where: isBeginning),
      let end = console[start...].indices.first(where: { index in
        console[index].text == next[0]
          && console[index...].prefix(overlap).map(\.text) == next
      })
    else { return [] }
    return console[start..<end]
  }

  /// The first message that starts with these words.
  package func first(_ prefix: String) -> KernelMessage? {
    messages.first { $0.text.hasPrefix(prefix) }
  }
}
