// SPDX-License-Identifier: Apache-2.0

// ShellWords: a command line as a POSIX shell reads it back. A target of its own, because host
// programs and the lines that reports print are quoted by the same rule.

/// A command, as it is typed into a shell or pasted there.
package struct ShellLine: Hashable, Sendable {
  /// The program, then its arguments.
  package let words: [String]

  package init(_ words: [String]) {
    self.words = words
  }

  /// `word` such that a POSIX shell reads exactly these characters back (POSIX.1-2017, Shell Command
  /// Language, 2.2.2: nothing is special between single quotes).
  package static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default:
          "_-./,:=+@%".utf8.contains(byte)
        }
      }
    if isPlain { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }
}

extension ShellLine: CustomStringConvertible {
  package var description: String { words.map(Self.quoted).joined(separator: " ") }
}
