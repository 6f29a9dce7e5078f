// SPDX-License-Identifier: Apache-2.0

// What a guest printed: bytes into lines, lines into proved records, and how the run ended. All of
// it is a pure function of the console log and of how the emulator came to a halt, so a saved log
// can be read again at any time.

/// A serial console's output, split into lines.
package struct ConsoleText: Sendable {
  /// One line without its end.
  package struct Line: Hashable, Sendable {
    /// Counted from 1, as an editor counts the lines of the log file.
    package let number: Int
    /// As they came.
    package let bytes: ArraySlice<UInt8>

    /// For people: neither invalid UTF-8 nor a control character gets to their terminal.
    package var text: String { String(printing: bytes) }
  }

  /// So many lines of the log were taken out in front of the byte at `offset`.
  struct Cut {
    let offset: Int
    let lines: Int
  }

  let bytes: [UInt8]
  /// In the order of their offsets.
  let cuts: [Cut]
  /// Why the rest of the console was not read; nil where all of it was.
  package let excess: RecordFault?

  package init(_ bytes: [UInt8]) {
    let excess = bytes.withByteView { ConsoleLimits.excess(in: $0) }
    self.init(excess.map { Array(bytes[..<$0.offset]) } ?? bytes, cuts: [], excess: excess?.fault)
  }

  init(_ bytes: [UInt8], cuts: [Cut], excess: RecordFault? = nil) {
    self.bytes = bytes
    self.cuts = cuts
    self.excess = excess
  }

  package var isEmpty: Bool { bytes.isEmpty }

  /// All lines, in order.
  package var lines: [Line] {
    bytes.withByteView { view in
      var lines: [Line] = []
      var scanner = LineScanner(cuts: cuts)
      while let span = scanner.next(in: view) { lines.append(line(span)) }
      return lines
    }
  }

  func line(_ span: LineSpan) -> Line {
    Line(number: span.number, bytes: bytes[span.start..<span.end])
  }
}

extension String {
  /// The text of untrusted bytes: what is not UTF-8 is replaced, and a control
  /// character other than TAB is written as `\xHH`.
  init(printing bytes: some Collection<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.unicodeScalars.contains(where: \.isControl) else {
      self = text
      return
    }
    self.init()
    for scalar in text.unicodeScalars {
      if scalar.isControl {
        let digits = String(scalar.value, radix: 16)
        self += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
      } else {
        unicodeScalars.append(scalar)
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    self != "\t" && (value < 0x20 || (0x7f..<0xa0).contains(value))
  }
}
