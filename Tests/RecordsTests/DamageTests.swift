// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import Transcripts

/// Records and results that somebody edited, or that something cut: none is believed, each is
/// named, and what is beside it stands.
@Suite struct DamageTests {
  @Test(arguments: [
    // The verdict alone: of a test, of a check, of the record.
    (#""verdict" : "pass""#, #""verdict" : "fail""#),
    (#""kind" : "completed""#, #""kind" : "panicked""#),
    (#""schema" : "cmalab.run/1""#, #""schema" : "cmalab.run/2""#),
    (#""checks" : ["#, #""checks" : [], "before" : ["#),
    (#""line" : "#, #""line" : 9223372036854775807, "before" : "#),
    (#""line" : "#, #""line" : -9223372036854775808, "before" : "#),
    (#""line" : "#, #""line" : 0, "before" : "#),
    (#""ending" : {"#, #""ending" : { "consoleLine" : -9223372036854775808,"#),
    (#""guest" : "#, #""guest" : -1, "before" : "#),
    (#""cpus" : "#, #""cpus" : -1, "before" : "#),
    (#""basePFN" : "#, #""basePFN" : 18446744073709551615, "before" : "#),
    (#""reason" : "#, #""because" : "#),
    ("{", "{{"),
    ("\n}\n", "\n"),
  ])
  func anEditedRecordIsNotBelieved(_ old: String, _ new: String) throws {
    let record = try Fixture.record
    let start = try #require(record.firstRange(of: old))
    let edited = record.replacingCharacters(in: start, with: new)
    #expect(throws: RecordDamage.self) { try RunRecord(json: Array(edited.utf8)) }
  }

  /// The sample passes; each of its checks and tests is enough to refute that.
  @Test func eachCheckAndTestHasASayInTheVerdict() throws {
    let record = try RunRecord(json: Array(try Fixture.record.utf8))
    #expect(record.verdict == .pass && record.checks.count > 5 && record.tests.count == 1)
    for index in record.checks.indices where record.checks[index].id != .prediction {
      for verdict in [Verdict.fail, .inconclusive] {
        var checks = record.checks
        let check = checks[index]
        checks[index] = Check(
          id: check.id, verdict: verdict, expected: check.expected, observed: check.observed,
          source: check.source)
        let due = Verdict.due(ending: .completed, checks: checks, tests: record.tests)
        #expect(due.verdict == verdict)
        #expect(due.ground == .check(checks[index]))
      }
    }
    let due = Verdict.due(ending: .completed, checks: [], tests: record.tests)
    #expect(due.verdict == .inconclusive)
  }

  @Test func aResultIsHeldAgainstThePlan() throws {
    let lines = try Fixture.results.split(separator: "\n").map(String.init)
    let forged = [
      // A cell that the plan does not have, another expectation, more attempts than there can be.
      lines[0].replacing(#""id":"stock_64M""#, with: #""id":"other_64M""#),
      lines[1].replacing(#""expected":true"#, with: #""expected":false"#),
      lines[2].replacing(#""attempts":1"#, with: #""attempts":-1"#),
      lines[3],
    ]
    try Fixture.withMatrix(results: forged.map { $0 + "\n" }.joined()) { folder in
      let plan = try folder.readPlan()
      let read = try folder.readResults(of: plan)
      #expect(read.results.map(\.id) == ["wide_3000M"])
      #expect(
        read.damages.map(\.description) == [
          "results.jsonl, line 1: the plan does not have the cell 'other_64M'",
          "results.jsonl, line 2: it says that 'stock_3000M' came to another end than what was"
            + " expected of it (predicted), and its record says otherwise",
          "results.jsonl, line 3: its cell was run -1 times",
        ])
    }
  }

  /// The passed record of one cell under another one's name.
  @Test func aRecordOfAnotherCellIsNotBelieved() throws {
    let lines = try Fixture.results.split(separator: "\n").map(String.init)
    let forged = lines[0].replacing(#""id":"stock_64M""#, with: #""id":"wide_64M""#)
    #expect(forged != lines[0])
    try Fixture.withMatrix(results: forged + "\n") { folder in
      let read = try folder.readResults(of: try folder.readPlan())
      #expect(read.results.isEmpty)
      #expect(
        read.damages.map(\.description) == [
          "results.jsonl, line 1: its record is not of 'wide_64M': layout is stock, and the plan "
            + "has wide"
        ])
    }
  }

  @Test func ofALineThatIsCutNothingIsBelieved() throws {
    let results = try Fixture.results
    for cut in [1, 2, 100, 5000] {
      try Fixture.withMatrix(results: String(results.dropLast(cut))) { folder in
        let read = try folder.readResults(of: try folder.readPlan())
        #expect(read.results.count == 3)
        #expect(read.damages == [RecordDamage("it is cut short", in: "results.jsonl, line 4")])
      }
    }
  }

  @Test(arguments: [
    (#""id":"stock_64M""#, #""id":"../../etc""#), (#""id":"stock_64M""#, #""id":".""#),
    (#""id":"stock_64M""#, #""id":"wide_64M""#), ("cmalab.matrix/1", "cmalab.matrix/9"),
    ("[", "["), ("}\n", "\n"),
  ])
  func aPlanThatIsDamagedIsRefused(_ old: String, _ new: String) throws {
    let plan = String(decoding: try Fixture.document(of: .matrix), as: UTF8.self)
    let edited = old == new ? String(plan.dropLast(9)) : plan.replacing(old, with: new)
    #expect(edited != plan)
    try Fixture.withMatrix(results: "", plan: edited) { folder in
      _ = #expect(throws: RecordDamage.self) { try folder.readPlan() }
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
