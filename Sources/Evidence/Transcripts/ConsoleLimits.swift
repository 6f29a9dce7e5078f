// SPDX-License-Identifier: Apache-2.0

/// How much of a console is read: a guest is not trusted to stop.
///
/// The longest transcript of an honest guest, one that traces its early memory, has some 10 MB and
/// 100,000 lines. What comes behind a limit is not looked at, and such a run proves nothing.
package enum ConsoleLimits {
  package static let bytes = 16 << 20
  package static let lines = 200_000
  static let bytesOfLine = 2 << 20

  /// Where a console goes beyond a limit, and how; nil for one that is read to its end.
  static func excess(in view: ByteView) -> (offset: Int, fault: RecordFault)? {
    var scanner = LineScanner(cuts: [])
    while let line = scanner.next(in: view) {
      let words: String
      if line.end - line.start > bytesOfLine {
        words = "a line of more than \(bytesOfLine) bytes"
      } else if line.number > lines {
        words = "more than \(lines) lines"
      } else if line.end > bytes {
        words = "more than \(bytes) bytes"
      } else {
        continue
      }
      return (
        line.start,
        RecordFault(
          consoleLine: line.number, description: "\(words): nothing from here on is read")
      )
    }
    return nil
  }
}
