// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Looks for words in a console that comes in parts.
struct ConsoleSearch {
  /// What has not been looked through yet, and what may begin the words.
  private var unseen: [UInt8] = []

  /// A longer line is none that anybody looks for.
  private static let longestLine = 4096
  private static let newline = UInt8(ascii: "\n")

  mutating func append(_ part: [UInt8]) { unseen += part }

  /// Whether the end of a stage has appeared; what lies before it is then forgotten.
  mutating func passes(_ end: RunStage.End) -> Bool {
    switch end {
    case .firstByte:
      return true
    case .exit:
      return false
    case .words(let words):
      guard let found = offset(of: words) else {
        // Only a beginning of the words can still matter.
        forget(upTo: unseen.count - words.count + 1)
        return false
      }
      forget(upTo: found + words.count)
      return true
    }
  }

  /// Whether a line has appeared in which the guest says that it has died.
  mutating func passes(_ death: GuestDeath) -> Bool {
    while let found = death.words.compactMap(offset).min() {
      let start = (unseen[..<found].lastIndex(of: Self.newline) ?? -1) + 1
      guard let end = unseen[found...].firstIndex(of: Self.newline) else { break }
      if death.isMeant(Array(unseen[start..<end])) { return true }
      forget(upTo: end + 1)
    }
    // The rest of the last line is still to come.
    let start = (unseen.lastIndex(of: Self.newline) ?? -1) + 1
    forget(upTo: max(start, unseen.count - Self.longestLine))
    return false
  }

  private mutating func forget(upTo end: Int) {
    unseen.removeSubrange(..<max(0, min(end, unseen.count)))
  }

  /// By the C library's own loops: a guest that raves prints hundreds of MB.
  private func offset(of words: [UInt8]) -> Int? {
    guard let first = words.first else { return nil }
    return unseen.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var start = 0
      while start + words.count <= bytes.count,
        let found = memchr(base + start, Int32(first), bytes.count - words.count + 1 - start)
      {
        let offset = UnsafeRawPointer(found) - base
        if memcmp(found, words, words.count) == 0 { return offset }
        start = offset + 1
      }
      return nil
    }
  }
}
