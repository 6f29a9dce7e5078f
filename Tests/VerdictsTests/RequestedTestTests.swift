// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Observations
import Records
import Testing
import Verdicts

/// A run is as good as the worst of the tests that it was asked for.
@Suite struct RequestedTestTests {
  private func judged(asking tests: [String], _ records: (name: String, payload: String)...) throws
    -> RunRecord
  {
    var console = try FramedConsole(.wide)
    for record in records {
      console.records.insert(.init(record.name, record.payload), at: console.records.count - 1)
    }
    let request = GuestConsole.wide.request.but(tests: tests)
    let outcome = EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 1)
    return RunRecord(
      request, request.judged(console.bytes), outcome: outcome, artifacts: [:], timing: [:])
  }

  @Test func aTestThatPassedIsToldWithItsFigures() throws {
    let record = try judged(
      asking: ["drain"],
      ("test.drain", "pieces\t2998\tcount\nlatency\t12\tns\nverdict\tpass\tall inside the pool\n"))
    #expect(record.verdict == .pass)
    #expect(record.tests.map(\.name) == ["drain"])
    #expect(record.tests.map(\.verdict) == [.pass])
    #expect(record.tests.first?.reason == "all inside the pool")
    #expect(record.tests.first?.figures.map(\.value) == ["2998", "12"])
    #expect(try RunRecord(json: Array(try record.json().utf8)) == record)
  }

  @Test(
    arguments: [
      ("verdict\tfail\toutside the pool\n", Verdict.fail),
      ("verdict\tinconclusive\tno module\n", .inconclusive),
      ("verdict\tperhaps\twho knows\n", .inconclusive), ("verdict\tpass\n", .inconclusive),
      ("pieces\t2998\tcount\n", .inconclusive), ("", .inconclusive),
      ("!absent ENOENT /tests\n", .inconclusive),
    ])
  func aTestThatDidNotPassSpoilsTheRun(payload: String, verdict: Verdict) throws {
    let record = try judged(asking: ["drain"], ("test.drain", payload))
    #expect(record.tests.map(\.verdict) == [verdict])
    #expect(record.verdict == verdict)
  }

  @Test func aTestThatFailedOutranksOneThatIsMissing() throws {
    let record = try judged(asking: ["latency", "drain"], ("test.drain", "verdict\tfail\tno\n"))
    #expect(record.verdict == .fail)
    #expect(record.reason == "test 'drain': no")
  }

  @Test func aTestThatWasNotReportedIsMissed() throws {
    let record = try judged(asking: ["drain", "latency"], ("test.drain", "verdict\tpass\tyes\n"))
    #expect(record.tests.map(\.verdict) == [.pass, .inconclusive])
    #expect(record.verdict == .inconclusive)
  }
}
