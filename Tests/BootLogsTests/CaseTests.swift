// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Testing

/// The logs of real boards, against their right answers.
@Suite struct CaseTests {
  @Test func thereAreCases() {
    #expect(BoardLogCase.all.count >= 35)
  }

  @Test(arguments: BoardLogCase.all)
  func aLogIsReadAsItStands(_ board: BoardLogCase) throws {
    let expected = try board.expected
    let boots = ExpectedBoot.of(try board.log)
    try #require(boots.count == expected.count)
    for (boot, answer) in zip(boots, expected.map(\.facts)) {
      var answer = answer
      // What the log does not say, the case has from its device tree.
      if board.hasTree, boot.banks == nil { answer.banks = nil }
      let refusedSizes = answer.pools.indices.filter { answer.pools[$0].outcome == "refused" }
      for index in refusedSizes where board.hasTree && answer.pools[index].kind == "device-tree" {
        answer.pools[index].bytes = nil
      }
      #expect(boot == answer)
    }
  }

  @Test(arguments: BoardLogCase.all)
  func everyFactHasItsLine(_ board: BoardLogCase) throws {
    let log = try board.log
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for boot in BootLog(log).boots {
      let pools = boot.pools.flatMap(\.lines)
      let evidence =
        (boot.release?.lines ?? []) + (boot.machine?.lines ?? []) + (boot.banks?.lines ?? [])
        + (boot.memory?.lines ?? []) + (boot.commandLine?.lines ?? []) + pools
      #expect(!evidence.isEmpty)
      for line in evidence {
        let text = String(decoding: lines[line.number - 1], as: UTF8.self)
        #expect(text.hasPrefix(line.text))
      }
    }
  }
}
