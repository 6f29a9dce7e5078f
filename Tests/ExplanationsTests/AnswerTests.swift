// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import Explanations
import Predictions
import Quantities
import Records
import Testing

/// Every case's log, explained, against its right answers.
@Suite struct AnswerTests {
  @Test(arguments: BoardLogCase.all)
  func theFactsAreThose(_ board: BoardLogCase) async throws {
    let boots = try await board.explained()
    let expected = try board.expected
    try #require(boots.count == expected.count)
    for (boot, answer) in zip(boots, expected) {
      #expect(ExpectedBoot(boot).facts == answer.facts)
    }
  }

  @Test(arguments: BoardLogCase.all)
  func causeAndRemedyAreThose(_ board: BoardLogCase) async throws {
    for (index, boot) in try await board.explained().enumerated() {
      let expected = try board.expected[index]
      guard let meaning = Meaning.all[board.name], expected.cause != nil else {
        #expect(expected.cause == nil, "a case whose meaning is not written down")
        #expect(boot.cause == nil && boot.remedy == nil && !boot.isWrong)
        continue
      }
      let differences = meaning.differences(from: boot)
      #expect(
        differences.isEmpty, "\(boot.cause ?? "no cause") / \(boot.remedy ?? "no remedy")")
      #expect(boot.cause == boot.findings.first?.cause && boot.isWrong == boot.findings[0].isFault)
    }
  }

  /// A perfect model of the very release computes the bases of these: ours, of the lines that it knows.
  @Test(arguments: BoardLogCase.all)
  func whatCanBeComputedIsPredicted(_ board: BoardLogCase) async throws {
    for (boot, expected) in zip(try await board.explained(), try board.expected) {
      let isKnown =
        boot.kernelRelease.flatMap { KernelRelease($0) }
        .map { KernelRules(release: $0) != nil } ?? false
      if expected.replay == "exact", isKnown {
        #expect(boot.replay == "exact", "\(String(describing: boot.predicted))")
        #expect(boot.predicted?.agrees == true)
      }
      // Certainty that the case does not have would be wrong.
      if expected.replay != "exact" { #expect(boot.replay.hasPrefix("needs: ")) }
    }
  }

  @Test(arguments: BoardLogCase.all)
  func everyStatementHasItsLine(_ board: BoardLogCase) async throws {
    for boot in try await board.explained() {
      #expect(boot.evidence.pools.count == boot.pools.count)
      #expect(boot.evidence.pools.allSatisfy { !$0.isEmpty })
      #expect(boot.findings.allSatisfy { !$0.evidence.isEmpty })
      #expect(boot.harmless.allSatisfy { !$0.evidence.isEmpty })
      #expect(boot.summary.hasSuffix(".") && !boot.summary.contains("\n"))
    }
  }
}
