// SPDX-License-Identifier: Apache-2.0

import Digests
import HostFiles
import Records
import Testing

/// Whatever byte of a document changes after it was written, its reader notices.
@Suite struct SealTests {
  private static func record() throws -> RunRecord {
    var record = try RunRecord(json: Array(try Fixture.record.utf8))
    record.made = RunRecord.Made(
      date: "2026-11-28T20:15:38Z", host: "ci-3", cmalab: "0.2.0", emulator: "7.2.22")
    return record
  }

  /// Every byte of the beginning, where the digest is, and every seventh of the rest.
  private static func places(in text: [UInt8]) -> [Int] {
    text.indices.filter { $0 < 120 || $0.isMultiple(of: 7) }
  }

  @Test func aFlippedBitOfARecordIsNoticed() throws {
    let text = Array(try Self.record().json().utf8)
    #expect(try RunRecord(json: text) == Self.record())
    for place in Self.places(in: text) {
      var other = text
      other[place] ^= 1
      #expect(throws: RecordDamage.self, "byte \(place)") { try RunRecord(json: other) }
    }
  }

  @Test func theRecordSaysWhatIsDamaged() throws {
    let text = try Self.record().json()
    let damage = #expect(throws: RecordDamage.self) {
      try RunRecord(json: Array(text.replacing("ci-3", with: "ci-4").utf8))
    }
    #expect(
      damage?.description == "it is not the text that was written: its SHA-256 is another one")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let bare = #expect(throws: RecordDamage.self) {
      try RunRecord(json: Array(([lines[0]] + lines[2...]).joined(separator: "\n").utf8))
    }
    #expect(bare?.description == "its digest is missing")
  }

  /// As `tail -n +3 record.json | sha256sum` has it.
  @Test func theDigestIsThatOfTheLinesAfterIt() throws {
    let text = try Self.record().json()
    let rest = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
    let digest = SHA256Digest(of: Array(rest.joined(separator: "\n").utf8)).hexadecimal
    #expect(text.hasPrefix("{\n  \"digest\" : \"\(digest)\",\n"))
  }

  @Test func aFlippedBitOfAResultIsNoticedAndTheOthersStand() throws {
    let old = try Fixture.withMatrix(results: try Fixture.results) { folder in
      try folder.readResults(of: try folder.readPlan()).results
    }
    try Fixture.withMatrix(results: "") { folder in
      let journal = try ResultJournal(of: folder)
      let plan = try folder.readPlan()
      for result in old.prefix(2) {
        var record = result.record
        record.made = try Self.record().made
        let cell = try #require(plan.cells.first { $0.id == result.id })
        try journal.append(CellResult(of: cell, record: record, attempts: result.attempts))
      }
      let text = try HostFile.read(folder.results, limit: 1 << 20)
      #expect(try folder.readResults(of: plan).damages.isEmpty)
      let first = try #require(text.firstIndex(of: 0x0a))
      for place in Self.places(in: Array(text[..<first])) {
        var other = text
        other[place] ^= 1
        try HostFile.write(other, to: folder.results)
        let read = try folder.readResults(of: plan)
        #expect(read.results.map(\.id) == [old[1].id], "byte \(place)")
        #expect(read.damages.first?.place == "results.jsonl, line 1")
      }
    }
  }

  @Test func aFlippedBitOfAPlanIsNoticed() throws {
    let plan = try MatrixFolder(Fixture.matrix).readPlan()
    try Fixture.withMatrix(results: "") { folder in
      try folder.write(plan)
      let text = try HostFile.read(folder.plan, limit: 1 << 20)
      #expect(try folder.readPlan() == plan)
      // What is before the digest's end says nothing of a matrix.
      for place in Self.places(in: text) where place > 80 {
        var other = text
        other[place] ^= 1
        try HostFile.write(other, to: folder.plan)
        #expect(throws: RecordDamage.self, "byte \(place)") { try folder.readPlan() }
      }
    }
  }
}
