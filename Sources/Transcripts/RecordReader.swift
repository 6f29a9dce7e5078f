// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong with the records of a console log.
package struct RecordFault: Hashable, Sendable, CustomStringConvertible {
  package let consoleLine: Int
  /// What is wrong, in words.
  package let description: String
}

/// Finds records in console text and proves them.
struct RecordReader {
  private(set) var records: [GuestRecord] = []
  private(set) var faults: [RecordFault] = []

  /// The record whose header has been read and whose trailer has not.
  private var open: OpenRecord?

  private struct OpenRecord {
    let header: GuestRecord.Header
    let consoleLine: Int
    var lines: [GuestRecord.Line] = []
    var payload: [UInt8] = []
  }

  init(_ text: ConsoleText) {
    for line in text.lines where line.bytes.first == UInt8(ascii: "@") {
      read(line)
    }
    if let open {
      fault(open.consoleLine, "record \(open.header.sequence) '\(open.header.name)' is cut short")
    }
    if let last = records.last, last.name == GuestRecord.endName {
      checkCount(last)
    }
  }

  private mutating func read(_ line: ConsoleText.Line) {
    let text = line.text
    guard text.hasPrefix(GuestRecord.marker) else {
      addPayload(text, of: line)
      return
    }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 3, words[1] == GuestRecord.version else {
      fault(line.number, "a record of an unknown version: '\(text.prefix(60))'")
      return
    }
    switch words[2] {
    case "begin":
      begin(Array(words.dropFirst(3)), at: line.number)
    case "end" where words.count == 4:
      end(words[3], at: line.number)
    default:
      fault(line.number, "a garbled record marker: '\(text.prefix(60))'")
    }
  }

  private mutating func begin(_ words: [Substring], at number: Int) {
    if let open {
      fault(number, "record \(open.header.sequence) '\(open.header.name)' never ended")
    }
    open = nil
    guard let header = GuestRecord.Header(words: words) else {
      fault(number, "a garbled record header")
      return
    }
    open = OpenRecord(header: header, consoleLine: number)
  }

  private mutating func addPayload(_ text: String, of line: ConsoleText.Line) {
    guard var record = open else { return }
    let prefix = "@\(record.header.sequence) "
    // Another `@` line is none of ours; were it one, the checksum would miss it.
    guard text.hasPrefix(prefix) else { return }
    record.payload += line.bytes.dropFirst(prefix.utf8.count)
    record.payload.append(UInt8(ascii: "\n"))
    record.lines.append(
      GuestRecord.Line(text: String(text.dropFirst(prefix.count)), consoleLine: line.number))
    open = record
  }

  private mutating func end(_ sequence: Substring, at number: Int) {
    guard let record = open else {
      fault(number, "the end of record \(sequence), which never began")
      return
    }
    open = nil
    let header = record.header
    guard sequence == "\(header.sequence)", record.payload.count == header.length,
      GuestRecord.checksum(of: header, payload: record.payload) == header.checksum
    else {
      fault(record.consoleLine, "record \(header.sequence) '\(header.name)' fails its checksum")
      return
    }
    guard header.sequence == records.count else {
      fault(
        record.consoleLine,
        "record \(header.sequence) '\(header.name)' stands where \(records.count) is due")
      return
    }
    records.append(GuestRecord(header: header, lines: record.lines.joiningContinuations()))
  }

  /// The end record says how many came before it, so a run of lost ones cannot go unseen.
  private mutating func checkCount(_ end: GuestRecord) {
    let count = records.count - 1
    guard end.lines.first?.text == "records \(count)" else {
      fault(
        end.lines.first?.consoleLine ?? 0,
        "the end record says '\(end.lines.first?.text ?? "")' where \(count) records were read")
      return
    }
  }

  private mutating func fault(_ line: Int, _ description: String) {
    faults.append(RecordFault(consoleLine: line, description: description))
  }
}

extension [GuestRecord.Line] {
  /// A payload line that ends in a single `\` goes on in the next one.
  fileprivate func joiningContinuations() -> [GuestRecord.Line] {
    var joined: [GuestRecord.Line] = []
    var isContinued = false
    for line in self {
      let continues = line.text.hasSuffix("\\") && !line.text.hasSuffix("\\\\")
      let text = continues ? String(line.text.dropLast()) : line.text
      if isContinued, let start = joined.popLast() {
        joined.append(GuestRecord.Line(text: start.text + text, consoleLine: start.consoleLine))
      } else {
        joined.append(GuestRecord.Line(text: text, consoleLine: line.consoleLine))
      }
      isContinued = continues
    }
    return joined
  }
}
