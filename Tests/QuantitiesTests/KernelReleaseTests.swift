// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct KernelReleaseTests {
  @Test(
    arguments: [
      ("6.1.192", "6.1.192"), ("6.1.0-56-arm64", "6.1"), ("7.2-rc1", "7.2"), ("5.10", "5.10"),
      ("7.2.13+deb14-arm64", "7.2.13"), ("6.12.0", "6.12.0"), ("6.18.0-rc3", "6.18.0"),
      ("6.1.x", "6.1"), ("6", nil), ("x.y", nil), ("", nil), ("6.", nil),
    ] as [(String, String?)])
  func readsTheLineAndThePointRelease(text: String, release: String?) {
    #expect(KernelRelease(text).map { "\($0)" } == release)
  }

  @Test func countsAnUnknownPointReleaseAsTheNewest() throws {
    let texts = ["5.10.35", "5.10.153", "5.10", "6.1.0", "6.1.192", "6.1", "6.12.10"]
    let releases = try texts.map { try #require(KernelRelease($0)) }
    #expect(releases.shuffled().sorted() == releases)
  }
}
