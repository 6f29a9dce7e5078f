// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities
import Testing

@Suite struct RegionFieldsTests {
  @Test func usersAreDevicesOfTheRegion() throws {
    var fields = RegionFields()
    fields.name = "video"
    fields.size = .mebibytes(64)
    fields.userCount = 3
    #expect(try fields.region().users == ["cmalab-video", "cmalab-video-2", "cmalab-video-3"])
    #expect(try fields.region().region.compatible == ["shared-dma-pool"])
    fields.compatible = ["none"]
    #expect(try fields.region().region.compatible == [])
  }

  @Test(
    arguments: [
      ("0x1000-0x1fff", 0x1000, 0x1000), ("0x1000+4K", 0x1000, 0x1000),
      ("1G+16M", 1 << 30, 16 << 20),
    ] as [(String, UInt64, UInt64)])
  func aRangeHasAnEndOrASize(text: String, start: UInt64, size: UInt64) throws {
    let range = try RegionFields.range(parsing: text)
    #expect(range.start.value == start)
    #expect(range.size.bytes == size)
  }

  @Test(arguments: ["0x1000", "0x2000-0x1000", "0x1000+0", "-"])
  func whatIsNoRangeIsRefused(text: String) {
    #expect(throws: (any Error).self) { try RegionFields.range(parsing: text) }
  }

  @Test func theWordThatIsWrongIsNamed() {
    var fields = RegionFields()
    #expect(
      throws: RegionFault("name", "a region needs name=NAME, letters first, at most 31 characters")
    ) {
      try fields.region()
    }
    fields.name = "video"
    #expect(throws: RegionFault("size", "region 'video' needs size=SIZE")) { try fields.region() }
  }
}
