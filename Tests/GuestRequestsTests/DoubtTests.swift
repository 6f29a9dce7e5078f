// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Testing

/// Sizes whose unit was left out.
@Suite struct DoubtTests {
  @Test(arguments: [("3000", 1), ("1", 1), ("0", 0), ("64K", 0), ("4M", 0), ("0x10000000", 0)])
  func aPoolBelowAPageIsDoubted(size: String, doubts: Int) throws {
    var request = GuestRequest()
    request.pools.asked = try PoolRequest(parsing: size)
    #expect(request.doubts.count == doubts)
    request = GuestRequest()
    request.pools.deviceTree = try PoolRequest(parsing: size)
    #expect(request.doubts.count == doubts)
    #expect(request.doubts.allSatisfy { $0.hasPrefix("--dts-cma \(size) is \(size) bytes") })
  }

  @Test func nothingAskedIsNotDoubted() {
    #expect(GuestRequest().doubts.isEmpty)
  }
}
