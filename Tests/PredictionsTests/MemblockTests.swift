// SPDX-License-Identifier: Apache-2.0
import Predictions
import Testing

@Suite struct MemblockTests {
  @Test func addsOne() {
    var memblock = Memblock(pageSize: 4096)
    memblock.add(0x1000, size: 0x1000)
    #expect(memblock.memory == [.init(0x1000, 0x2000)])
  }
}
