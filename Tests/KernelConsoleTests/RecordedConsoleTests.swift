// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Testing

@Suite struct RecordedConsoleTests {
  @Test(arguments: RecordedConsole.all)
  func aConsoleSaysWhatItsHeadExpects(console: RecordedConsole) {
    #expect(console.values(of: "about").count == 1)
    #expect(!console.messages.isEmpty)
    #expect(console.findings == console.values(of: "expect"))
    let texts = console.messages.map(\.text)
    for text in console.values(of: "says") { #expect(texts.contains { $0 == text }) }
  }

  @Test func thereAreConsoles() {
    #expect(RecordedConsole.all.count > 20)
  }

  /// What the table has and no console shows was never seen to be read.
  @Test func everyHeadIsThatOfSomeSign() {
    for head in KernelDistress.heads {
      #expect(KernelDistress.all.contains { $0.pattern.head.contains(head) })
    }
    #expect(KernelDistress.all.allSatisfy { $0.origin.contains(".c") || $0.origin.contains(".h") })
  }
}
