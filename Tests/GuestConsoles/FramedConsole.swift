// SPDX-License-Identifier: Apache-2.0

/// A console log taken apart into its records, to be altered and framed again: each record then
/// has its right length and checksum, so that what a test alters is all that is wrong.
package struct FramedConsole: Sendable {
  package struct Record: Sendable {
    package var name: String
    /// Every line with its newline.
    package var payload: String

    package init(_ name: String, _ payload: String) {
      self.name = name
      self.payload = payload
    }
  }

  /// What the kernel printed before the first record.
  package var boot: String
  package var records: [Record]

  package init(boot: String = "", records: [Record]) {
    self.boot = boot
    self.records = records
  }

  /// Takes a log apart without proving anything.
  package init(_ console: GuestConsole) throws {
    self.init(try console.bytes)
  }

  /// Takes a log apart without proving anything.
  package init(_ bytes: [UInt8]) {
    boot = ""
    records = []
    var mark: String?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("@cmalab 1 begin "), words.count > 4 {
        mark = "@\(words[3]) "
        records.append(Record(String(words[4]), ""))
      } else if line.hasPrefix("@cmalab 1 end ") {
        mark = nil
      } else if let mark {
        records[records.count - 1].payload += line.dropFirst(mark.count) + "\n"
      } else if records.isEmpty {
        boot += line + "\r\n"
      }
    }
  }

  /// The payload of the record of that name; setting nil takes the record out.
  package subscript(name: String) -> String? {
    get { records.first { $0.name == name }?.payload }
    set {
      guard let index = records.firstIndex(where: { $0.name == name }) else { return }
      if let newValue { records[index].payload = newValue } else { records.remove(at: index) }
    }
  }

  /// Replaces every occurrence in a record; the record has to have one.
  package mutating func replace(_ old: String, with new: String, in name: String) {
    guard let payload = self[name], payload.contains(old) else {
      preconditionFailure("the record '\(name)' has no '\(old)' to replace")
    }
    self[name] = payload.split(separator: old, omittingEmptySubsequences: false)
      .joined(separator: new)
  }

  /// The log with all records framed, and the count in the end record right.
  package var bytes: [UInt8] {
    var text = boot
    for (sequence, record) in records.enumerated() {
      var payload = record.payload
      if record.name == "end" {
        let others = payload.split(separator: "\n").dropFirst().map { "\($0)\n" }.joined()
        payload = "records \(sequence)\n\(others)"
      }
      text += Self.framed(record.name, payload, sequence: sequence)
    }
    return Array(text.utf8)
  }

  /// One record as init prints it.
  package static func framed(_ name: String, _ payload: String, sequence: Int) -> String {
    let covered = "\(sequence) \(name) \(payload.utf8.count)"
    let checksum = String(checksum(Array("1 \(covered)\n\(payload)".utf8)), radix: 16)
    let zeros = String(repeating: "0", count: 8 - checksum.count)
    let lines = payload.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return "@cmalab 1 begin \(covered) \(zeros)\(checksum)\r\n"
      + lines.map { "@\(sequence) \($0)\r\n" }.joined() + "@cmalab 1 end \(sequence)\r\n"
  }

  /// CRC-32 of IEEE 802.3, a bit at a time: not the code that it is to test.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1) * 0xedb8_8320 }
    }
    return ~sum
  }
}
