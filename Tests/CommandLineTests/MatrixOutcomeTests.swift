// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Matrix
import Records
import SampleRecords
import Testing
import Transcripts
import YAMLFiles

@testable import Commands

@Suite struct MatrixOutcomeTests {
  private static func text(_ cell: MatrixCell, panics: Bool) -> String {
    let record = SampleRecord.of(cell, ending: panics ? .panicked : .completed)
    let plan = MatrixPlan(name: "m", timeout: 60, cells: [cell], shard: nil)
    return MatrixOutcome(
      plan: plan, results: [CellResult(of: cell, record: record, attempts: 1)]
    ).text
  }

  private static func cell(_ expect: Records.Expectation, because: String?) -> MatrixCell {
    MatrixCell(
      of: SampleRecord.cell(mebibytes: 64).request, texts: [.cma: ["64M"]], expect: expect,
      because: because)
  }

  @Test func aKnownFailureThatIsGoneIsTold() {
    let cell = Self.cell(.panic, because: "issue 17")
    #expect(
      Self.text(cell, panics: false).hasPrefix(
        "  64M: expected panic (issue 17), but it passes now: drop the expectation\n"))
    #expect(Self.text(cell, panics: true).contains("AS EXPECTED"))
  }

  @Test func whatNobodyGaveAReasonForIsToldAsItIs() {
    #expect(
      Self.text(Self.cell(.panic, because: nil), panics: false)
        .hasPrefix("  64M: expected panic, but as made up\n"))
    #expect(
      Self.text(Self.cell(.refused, because: "issue 17"), panics: true)
        .hasPrefix("  64M: expected refused (issue 17), but as made up\n"))
  }

  private static func outcome(_ shard: Shard?) throws -> MatrixOutcome {
    let matrix = try MatrixFile(
      YAMLText(file: "m.yaml", yaml: "{ name: sizes, axes: { cma: [64M, 1G] } }"))
    return MatrixOutcome(
      plan: MatrixPlan(
        name: matrix.name, timeout: matrix.timeout, cells: matrix.cells, shard: shard),
      results: [])
  }

  @Test func whatHasNotRunIsIncomplete() throws {
    let outcome = try Self.outcome(nil)
    #expect(
      outcome.text.hasSuffix("\nINCOMPLETE  2 of 2 have not run, the others are as expected\n"))
    #expect(outcome.exitCode == .trouble)
  }

  @Test func aShardWithoutCellsSaysSo() throws {
    let shards = try (1...64).map { try #require(Shard("\($0)/64")) }
    let empty = try #require(
      shards.first { shard in (try? Self.outcome(shard).exitCode) == ExitCode?.none })
    #expect(try Self.outcome(empty).text.hasSuffix("\nAS EXPECTED  there is no cell to run\n"))
  }
}
