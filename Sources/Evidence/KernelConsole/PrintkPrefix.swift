// SPDX-License-Identifier: Apache-2.0

// What a Linux console looks like: what stands before a message, and what messages about memory say.
// This target knows text alone; where a line was read, and what follows from it, is for others.

/// What stands before a kernel message: the level, the time, and who printed it.
package struct PrintkPrefix: Hashable, Sendable {
  /// Where a log was written, which decides the forms of prefixes that it can have.
  package enum Log: Sendable {
    /// A guest of ours: what its kernel itself puts before a message.
    case guest
    /// Anywhere: also what vendors' kernels, dmesg, loggers of hosts and terminal programs add.
    case foreign
  }

  /// 0 (emergency) to 7 (debugging), without a facility.
  package internal(set) var level: Int?
  /// Since boot, by the kernel's clock.
  package internal(set) var seconds: Double?
  /// A date or a time of day, as written: of dmesg -T, syslog, or whoever recorded the log.
  package internal(set) var wallTime: String?
  /// Thread and CPU that printed it, as written: `T1`, `C0`, `pid:2476,cpu5,name`.
  package internal(set) var caller: String?
  /// The program that a system logger names: `kernel` for a kernel's message.
  package internal(set) var logger: String?

  /// Whether anything stands there.
  package var isEmpty: Bool { self == PrintkPrefix() }
}

/// A line of a kernel's log, taken apart.
package struct PrintkLine: Hashable, Sendable {
  package let prefix: PrintkPrefix
  /// The message, without the blanks before it.
  package let text: Substring

  /// A prefix is somewhere in so many bytes of a line.
  private static let reach = 200

  /// - Parameter line: without its end; of a foreign log also with what stands there of it.
  package init(_ line: Substring, of log: PrintkPrefix.Log = .guest) {
    var reader = PrefixReader(Array(line.utf8.prefix(Self.reach)))
    for forms in PrefixForm.forms(of: log) {
      switch log {
      // What looks like a second prefix is the message's text.
      case .guest: _ = forms.contains { reader.takes($0) }
      // A line of a terminal program's log may be one of a system logger's.
      case .foreign: while forms.contains(where: { reader.takes($0) }) {}
      }
    }
    prefix = reader.prefix
    // Every form ends behind an ASCII character, and so between two characters of the text.
    let text = line[line.utf8.index(line.startIndex, offsetBy: reader.position)...]
      .drop { $0 == " " }
    self.text = log == .foreign ? text.withoutTransportEnd : text
  }
}

extension String {
  /// The message of a guest's line: `<3>[    0.000000] text`.
  package var kernelMessage: Substring { PrintkLine(self[...]).text }
}

extension Substring {
  /// Without what serial lines, mailers and editors leave at a line's end: CR, its quoted-printable
  /// form (RFC 2045, section 6.7), blanks.
  fileprivate var withoutTransportEnd: Substring {
    var rest = self
    while true {
      if let last = rest.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
        rest = Substring(rest.unicodeScalars.dropLast())
      } else if rest.hasSuffix("=0D") || rest.hasSuffix("=20") {
        rest = rest.dropLast(3)
      } else {
        return rest
      }
    }
  }
}
