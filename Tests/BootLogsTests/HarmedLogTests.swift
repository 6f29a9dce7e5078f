// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Testing

/// Logs that lost something on their way: nothing is claimed that the whole log does not say.
@Suite struct HarmedLogTests {
  @Test(arguments: BoardLogCase.all)
  func aLogWithoutOneLineClaimsNothingElse(_ board: BoardLogCase) async throws {
    let log = try board.log
    let whole = ExpectedBoot.of(log)
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for missing in lines.indices {
      var rest = lines
      rest.remove(at: missing)
      let boots = ExpectedBoot.of(Array(rest.joined(separator: [UInt8(ascii: "\n")])))
      #expect(boots.count == whole.count, "without line \(missing + 1)")
      for (boot, answer) in zip(boots, whole) {
        let claims = boot.claims(beyond: answer)
        #expect(claims.isEmpty, "without line \(missing + 1): \(claims)")
      }
      await Task.yield()
    }
  }

  /// Debug builds read slowly. Every log begins elsewhere, so that all together they are cut everywhere.
  private static let step = LogHarm.step(usually: 11)

  @Test(arguments: BoardLogCase.all)
  func aLogThatIsCutClaimsNothingElse(_ board: BoardLogCase) async throws {
    let log = try board.log
    let whole = ExpectedBoot.of(log)
    for end in stride(from: log.count % Self.step, to: log.count, by: Self.step) {
      let boots = ExpectedBoot.of(Array(log[..<end]))
      for (boot, answer) in zip(boots, whole) {
        let claims = boot.claims(beyond: answer)
        if !claims.isEmpty { Issue.record("cut after \(end) bytes: \(claims)") }
      }
      await Task.yield()
    }
  }

  private static let rounds = LogHarm.rounds(usually: 30)

  @Test(arguments: BoardLogCase.all)
  func aGarbledLogHasNoOtherAddress(_ board: BoardLogCase) async throws {
    let log = try board.log
    let bases = Set(ExpectedBoot.of(log).flatMap(\.pools).compactMap(\.base))
    var harm = LogHarm(seed: log.count)
    for round in 0..<Self.rounds {
      let garbled = harm.garbled(log)
      let claimed = Set(ExpectedBoot.of(garbled).flatMap(\.pools).compactMap(\.base))
      let others = claimed.subtracting(bases)
      if !others.isEmpty { Issue.record("round \(round): \(others)") }
      if round % 16 == 0 { await Task.yield() }
    }
  }
}
