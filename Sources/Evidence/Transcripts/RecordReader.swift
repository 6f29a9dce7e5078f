// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the records of a console log.
package struct RecordFault: Hashable, Sendable, CustomStringConvertible {
  package let consoleLine: Int
  /// What is wrong, in words.
  package let description: String
}

/// Finds records in console text and proves them, up to the first that is not as it should be:
/// behind it every record would be one too many.
struct RecordReader {
  private(set) var records: [GuestRecord] = []
  private(set) var fault: RecordFault?

  private let text: ConsoleText
  /// The record whose header has been read and whose trailer has not.
  private var open: OpenRecord?
  /// What each of its payload lines starts with.
  private var mark: [UInt8] = []
  /// Of as much of its payload as has been read.
  private var length = 0
  private var checksum: UInt32 = 0

  private struct OpenRecord {
    let header: GuestRecord.Header
    let line: LineSpan
  }

  init(_ text: ConsoleText) {
    self.text = text
    text.bytes.withByteView { readLines($0) }
    guard fault == nil else { return }
    if let open {
      fail(open.line.number, "record \(open.header) is cut short")
    } else if let last = records.last, last.name == GuestRecord.endName {
      checkCount(last)
    }
  }

  private mutating func readLines(_ bytes: ByteView) {
    var scanner = LineScanner(cuts: text.cuts)
    while fault == nil, let line = scanner.next(in: bytes) {
      if bytes.byte(at: line.start) == UInt8(ascii: "@") { read(line, bytes) }
    }
  }

  private mutating func read(_ line: LineSpan, _ bytes: ByteView) {
    if bytes.holds(mark, at: line.start) {
      let payload = min(line.start + mark.count, line.end)..<line.end
      length += payload.length + 1
      checksum = bytes.checksum(ofLine: payload, continuing: checksum)
    } else if bytes.holds(GuestRecord.marker, at: line.start) {
      readMarker(line, bytes)
    }
    // Another `@` line is none of ours; were it one, the checksum would miss it.
  }

  private mutating func readMarker(_ line: LineSpan, _ bytes: ByteView) {
    if bytes.holds(GuestRecord.beginning, at: line.start) {
      begin(line)
    } else if bytes.holds(GuestRecord.ending, at: line.start) {
      end(line)
    } else if bytes.holds(GuestRecord.versionedMarker, at: line.start) {
      fail(line.number, "a garbled record marker: '\(words(line))'")
    } else {
      fail(line.number, "a record of an unknown version: '\(words(line))'")
    }
  }

  private mutating func begin(_ line: LineSpan) {
    if let open {
      fail(line.number, "record \(open.header) never ended")
      return
    }
    let words = text.bytes[line.start..<line.end].dropFirst(GuestRecord.beginning.count)
    guard let header = GuestRecord.Header(words) else {
      fail(line.number, "a garbled record header: '\(self.words(line))'")
      return
    }
    open = OpenRecord(header: header, line: line)
    mark = header.mark
    length = 0
    checksum = header.checksumOfCoveredWords
  }

  private mutating func end(_ line: LineSpan) {
    guard let record = open else {
      fail(line.number, "the end of a record that never began: '\(words(line))'")
      return
    }
    open = nil
    mark = []
    let header = record.header
    let sequence = text.bytes[line.start..<line.end].dropFirst(GuestRecord.ending.count)
    guard sequence.elementsEqual("\(header.sequence)".utf8), length == header.length,
      checksum == header.checksum
    else {
      fail(record.line.number, "record \(header) fails its checksum")
      return
    }
    guard header.sequence == records.count else {
      fail(record.line.number, "record \(header) stands where \(records.count) is due")
      return
    }
    records.append(
      GuestRecord(header: header, console: text, headerLine: record.line, end: line.start))
  }

  /// The end record says how many came before it, so a run of lost ones cannot go unseen.
  private mutating func checkCount(_ end: GuestRecord) {
    let count = records.count - 1
    let said = end.lines.first
    if said?.text != "records \(count)" {
      fail(
        said?.consoleLine ?? 0,
        "the end record says '\(said?.text ?? "")' where \(count) records were read")
    }
  }

  private mutating func fail(_ line: Int, _ description: String) {
    fault = RecordFault(consoleLine: line, description: description)
  }

  /// The beginning of a line, for a message.
  private func words(_ line: LineSpan) -> String {
    String(printing: text.bytes[line.start..<min(line.end, line.start + 60)])
  }
}
