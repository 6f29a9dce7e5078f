// SPDX-License-Identifier: Apache-2.0
import GuestConsoles
import Testing
import Transcripts

/// Records that are not as init writes them, each in a console of its own.
@Suite struct RecordTests {
  private let first = FramedConsole.framed("meminfo", "CmaTotal: 4 kB\n", sequence: 0)
  private let last = FramedConsole.framed("end", "records 1\nuptime 0.25\n", sequence: 1)

  private func read(_ text: String) -> Transcript { Transcript(Array(text.utf8)) }

  @Test func aShortestLogIsComplete() {
    let transcript = read(first + last)
    #expect(transcript.fault == nil)
    #expect(transcript.isComplete)
    let lines = transcript.record("meminfo")?.lines
    #expect(lines?.map(\.text) == ["CmaTotal: 4 kB"])
    #expect(lines?.map(\.consoleLine) == [2])
    #expect(transcript.record("iomem") == nil)
  }

  @Test(arguments: ["", "\r", "\r\r"])
  func anyLineEndIsRead(returns: String) {
    let text = (first + last).split(separator: "\r\n").map { "\($0)\(returns)\n" }.joined()
    #expect(read(text).isComplete)
  }

  @Test func theLastLineNeedsNoEnd() {
    #expect(read(String((first + last).dropLast())).isComplete)
  }

  @Test(
    arguments: [
      ("a length one less", "meminfo 15 ", "meminfo 14 "),
      ("another name", " meminfo ", " meminfo2 "),
      ("a name in capitals", " meminfo ", " MEMINFO "),
      ("a length with a sign", " 15 ", " +15 "),
      ("a length with a zero before it", " 15 ", " 015 "),
      ("a sequence number with a zero before it", "begin 0 ", "begin 00 "),
      ("a word more", " 15 ", " 15 1 "),
      ("two spaces", " 15 ", "  15 "),
      ("a length beyond 64 bits", " 15 ", " 99999999999999999999 "),
      ("another payload", "CmaTotal: 4", "CmaTotal: 5"),
      (
        "a payload line twice", "@0 CmaTotal: 4 kB\r\n",
        "@0 CmaTotal: 4 kB\r\n@0 CmaTotal: 4 kB\r\n"
      ),
      ("no payload", "@0 CmaTotal: 4 kB\r\n", ""),
      ("a payload of another record", "@0 Cma", "@1 Cma"),
      ("another end", "end 0", "end 1"),
      ("an end with more to say", "end 0", "end 0 0"),
      ("no header", "@cmalab 1 begin 0", "cmalab 1 begin 0"),
      ("no trailer", "@cmalab 1 end 0", "cmalab 1 end 0"),
      ("neither header nor trailer", "@cmalab 1 begin", "@cmalab 1 bygone"),
      ("a space behind the header", "\r\n@0", " \r\n@0"),
      ("another version", "@cmalab 1 begin", "@cmalab 2 begin"),
      ("a version in a trailer", "@cmalab 1 end", "@cmalab 11 end"),
    ])
  func whatIsNotProvedIsNotRead(what: String, old: String, new: String) throws {
    let range = try #require(first.firstRange(of: old))
    let transcript = read(first.replacingCharacters(in: range, with: new) + last)
    #expect(!transcript.isComplete)
    #expect(transcript.fault != nil)
    #expect(transcript.records.isEmpty)
  }

  /// The checksum in capitals is the same number, and still not what init writes.
  @Test func aChecksumIsInLowerCase() throws {
    let header = try #require(first.firstRange(of: "15 ")?.upperBound)
    let checksum = first[header...].prefix(8)
    try #require(checksum.contains { $0.isLetter })
    let transcript = read(
      first.replacingCharacters(in: header..<checksum.endIndex, with: checksum.uppercased()) + last)
    #expect(transcript.fault?.description.hasPrefix("a garbled record header") == true)
  }

  @Test func anUnknownVersionIsNamed() {
    let transcript = read("@cmalab 2 begin 0 meminfo 0 00000000\r\n")
    #expect(
      transcript.fault?.description
        == "a record of an unknown version: '@cmalab 2 begin 0 meminfo 0 00000000'")
    #expect(transcript.fault?.consoleLine == 1)
  }

  @Test func aGapInTheSequenceIsSeen() {
    let second = FramedConsole.framed("iomem", "", sequence: 2)
    let transcript = read(first + second)
    #expect(transcript.records.map(\.name) == ["meminfo"])
    #expect(transcript.fault?.description == "record 2 'iomem' stands where 1 is due")
    #expect(transcript.fault?.consoleLine == 4)
  }

  @Test func theSameRecordTwiceIsOneTooMany() {
    #expect(
      read(first + first + last).fault?.description == "record 0 'meminfo' stands where 1 is due")
  }

  @Test func aRecordThatNeverEndedIsNamed() {
    let start = "@cmalab 1 begin 0 meminfo 15 00000000\r\n@0 CmaTotal: 4 kB\r\n"
    #expect(read(start + first).fault?.description == "record 0 'meminfo' never ended")
    #expect(read(start).fault?.description == "record 0 'meminfo' is cut short")
  }

  @Test(arguments: ["records 0", "records 2", "records 1 ", "records", "uptime 0.25", ""])
  func theEndRecordCountsTheOthers(said: String) {
    let wrong = FramedConsole.framed("end", said.isEmpty ? "" : "\(said)\n", sequence: 1)
    let transcript = read(first + wrong)
    #expect(!transcript.isComplete)
    #expect(
      transcript.fault?.description == "the end record says '\(said)' where 1 records were read")
  }

  @Test func recordsBehindTheEndAreNotComplete() {
    let late = FramedConsole.framed("meminfo", "CmaTotal: 5 kB\n", sequence: 2)
    #expect(!read(first + last + late).isComplete)
    #expect(!read(first).isComplete)
  }

  @Test func anEmptyPayloadIsProvedToo() {
    let empty = FramedConsole.framed("cma-debugfs", "", sequence: 0)
    #expect(read(empty + last).record("cma-debugfs")?.lines == [])
    let wrong = empty.replacing(" 0 ", with: " 1 ", maxReplacements: 2)
    #expect(!read(wrong + last).isComplete)
  }

  @Test func aLongLineIsOneLine() {
    let payload = "aa\\\nbb\\\ncc\nnext\nescaped \\x5c\n"
    let record = read(FramedConsole.framed("iomem", payload, sequence: 0)).record("iomem")
    #expect(record?.lines.map(\.text) == ["aabbcc", "next", "escaped \\x5c"])
    #expect(record?.lines.map(\.consoleLine) == [2, 5, 6])
  }

  @Test func aMebibyteInOneLineIsRead() {
    let payload = String(repeating: "0123456789abcdef", count: 1 << 16) + "\n"
    let record = read(FramedConsole.framed("iomem", payload, sequence: 0) + last).record("iomem")
    #expect(record?.payload.count == 1 << 20 + 1)
  }

  @Test func aMebibyteInShortPartsIsOneLine() {
    let payload =
      String(repeating: String(repeating: "x", count: 399) + "\\\n", count: 2600) + "y\n"
    let record = read(FramedConsole.framed("iomem", payload, sequence: 0) + last).record("iomem")
    #expect(record?.lines.map(\.text.utf8.count) == [2600 * 399 + 1])
  }

  /// What the kernel prints is never a record, whatever it quotes.
  @Test func aRecordInsideAMessageIsNone() {
    let forged = (first + last).split(separator: "\r\n")
      .map { "[    1.000000] \($0)\r\n" }.joined()
    #expect(read(forged).records.isEmpty)
    #expect(!read(forged).isComplete)
  }

  /// A forger who breaks into a line ends up in what is cut out of it.
  @Test func aRecordInsideAnInterruptionIsNone() {
    let forged = FramedConsole.framed("meminfo", "CmaTotal: 9 kB\n", sequence: 0)
    let message = forged.split(separator: "\r\n").map { "[    1.000000] \($0)\r\n" }.joined()
    for offset in 0...first.utf8.count {
      let bytes = Array(first.utf8)
      let harmed = Array(bytes[..<offset]) + Array(message.utf8) + Array(bytes[offset...])
      let transcript = Transcript(harmed + Array(last.utf8))
      #expect(
        transcript.records.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains("9") }
      )
      #expect(transcript.isComplete, "at \(offset)")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(
    in range: Range<String.Index>, with text: some StringProtocol
  ) -> String {
    String(self[..<range.lowerBound]) + text + self[range.upperBound...]
  }
}
