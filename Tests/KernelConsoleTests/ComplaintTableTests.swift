// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KernelConsole

@Suite struct ComplaintTableTests {
  @Test func everyComplaintExplainsItself() {
    for kind in KernelComplaint.all {
      #expect(!kind.meaning.isEmpty && !kind.remedy.isEmpty && kind.origin.contains(".c"))
      #expect((kind.subject ?? -1) < kind.pattern.wildcardCount)
    }
  }

  @Test func everyIDHasAMessage() {
    #expect(Set(KernelComplaint.all.map(\.id)) == Set(KernelComplaint.ID.allCases))
  }
}
