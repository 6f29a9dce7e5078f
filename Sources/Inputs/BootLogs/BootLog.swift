// SPDX-License-Identifier: Apache-2.0
// Boot logs of any board: bytes in, typed facts out, each with the line that it was read from.
// Nothing here judges or predicts. A figure that a line does not hold whole is missing, and what two
// lines say differently is not said at all: a log may be cut, garbled, or begin in the middle.

/// A log file, read.
package struct BootLog: Hashable, Sendable {
  /// In the order of the file; empty where no line is a kernel's.
  package let boots: [LoggedBoot]
  package let lineCount: Int

  /// Reads a log that is in memory.
  package init(_ bytes: [UInt8]) {
    var reader = BootLogReader()
    reader.read(bytes)
    self = reader.finish()
  }

  init(boots: [LoggedBoot], lineCount: Int) {
    self.boots = boots
    self.lineCount = lineCount
  }
}

/// A line of a log, to point at.
package struct LogLine: Hashable, Sendable, Codable {
  /// Counted from 1, as an editor counts.
  package let number: Int
  /// As it stands there, without control characters; cut after ``textLimit`` bytes.
  package let text: String

  static let textLimit = 400

  package init(number: Int, text: String) {
    self.number = number
    self.text = text
  }
}

extension LogLine: Comparable {
  package static func < (left: LogLine, right: LogLine) -> Bool { left.number < right.number }
}

/// A value, and the lines that say so; at least one.
package struct Logged<Value: Hashable & Sendable>: Hashable, Sendable {
  package let value: Value
  package let lines: [LogLine]

  package init(_ value: Value, _ lines: [LogLine]) {
    self.value = value
    self.lines = lines
  }

  init(_ value: Value, _ line: LogLine) {
    self.init(value, [line])
  }
}
