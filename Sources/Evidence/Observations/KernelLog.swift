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

  /// Reads the record of the ring buffer, which is complete, or, of a guest that died before it
  /// could print that, what the kernel itself wrote to the console.
  init(_ transcript: Transcript) {
    var reader = MessageReader(foreignTexts: transcript.foreignTexts)
    if let record = transcript.record("kernel-log"), record.lines.first?.isExcuse != true {
      messages = record.lines.map { KernelMessage(&reader, Evidence(record, $0)) }
    } else {
      messages = transcript.console.lines.filter { $0.bytes.first != UInt8(ascii: "@") }.map {
        KernelMessage(&reader, Evidence(source: "console", line: $0.number, text: $0.text))
      }
    }
  }

  /// The first message that starts with these words.
  package func first(_ prefix: String) -> KernelMessage? {
    messages.first { $0.text.hasPrefix(prefix) }
  }
}
