// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Transcripts

/// A message of the guest's kernel.
package struct KernelMessage: Hashable, Sendable {
  /// Seconds since boot; nil for a message without a time.
  package let seconds: Double?
  /// Without level and time.
  package let text: String
  package let evidence: Evidence
}

/// The guest's kernel log.
package struct KernelLog: Sendable {
  package let messages: [KernelMessage]

  /// Reads the record of the ring buffer, which is complete, or, of a guest that died before it
  /// could print that, what the kernel itself wrote to the console.
  init(_ transcript: Transcript) {
    if let record = transcript.record("kernel-log"), record.lines.first?.isExcuse != true {
      messages = record.lines.map { line in
        Self.message(line.text[...], Evidence(record, line))
      }
    } else {
      messages = transcript.console.lines.filter { $0.bytes.first != UInt8(ascii: "@") }.map {
        Self.message(
          $0.text[...], Evidence(source: "console", line: $0.number, text: $0.text))
      }
    }
  }

  /// The first message that starts with these words.
  package func first(_ prefix: String) -> KernelMessage? {
    messages.first { $0.text.hasPrefix(prefix) }
  }

  static func message(_ line: Substring, _ evidence: Evidence) -> KernelMessage {
    let line = PrintkLine(line)
    return KernelMessage(
      seconds: line.prefix.seconds, text: String(line.text), evidence: evidence)
  }
}
