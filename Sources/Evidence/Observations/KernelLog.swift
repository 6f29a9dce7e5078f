// SPDX-License-Identifier: Apache-2.0
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

  /// Takes `<6>[    0.123456] text` apart; a line without time is all text.
  static func message(_ line: Substring, _ evidence: Evidence) -> KernelMessage {
    var rest = line
    if rest.first == "<", let end = rest.firstIndex(of: ">") {
      rest = rest[rest.index(after: end)...]
    }
    guard rest.first == "[", let end = rest.firstIndex(of: "]"),
      let seconds = Double(rest[..<end].dropFirst().drop { $0 == " " })
    else { return KernelMessage(seconds: nil, text: String(rest), evidence: evidence) }
    let text = withoutCaller(rest[rest.index(after: end)...]).drop { $0 == " " }
    return KernelMessage(seconds: seconds, text: String(text), evidence: evidence)
  }

  /// CONFIG_PRINTK_CALLER puts the thread or CPU behind the time: print_caller in
  /// kernel/printk/printk.c, `[    T1]` or `[    C0]`.
  private static func withoutCaller(_ text: Substring) -> Substring {
    guard text.first == "[", let end = text.firstIndex(of: "]") else { return text }
    let caller = text[..<end].dropFirst().drop { $0 == " " }
    guard let kind = caller.first, "TC".contains(kind), UInt32(caller.dropFirst()) != nil else {
      return text
    }
    return text[text.index(after: end)...]
  }
}
