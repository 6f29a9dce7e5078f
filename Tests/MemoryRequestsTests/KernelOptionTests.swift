// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Testing

/// What a user may add to a kernel's configuration.
@Suite struct KernelOptionTests {
  @Test(arguments: [
    ("CONFIG_NUMA=y", "CONFIG_NUMA=y"), ("CONFIG_SWAP=n", "# CONFIG_SWAP is not set"),
    ("CONFIG_CMA_AREAS=20", "CONFIG_CMA_AREAS=20"), ("CONFIG_BASE=0x1000", "CONFIG_BASE=0x1000"),
    ("CONFIG_CMDLINE=\"a=b c\"", "CONFIG_CMDLINE=\"a=b c\""),
  ])
  func anOptionIsRead(text: String, line: String) throws {
    let option = try KernelOption(parsing: text)
    #expect(option.description == line)
    #expect(option.argument == text)
  }

  @Test(arguments: [
    "NUMA=y", "CONFIG_NUMA", "CONFIG_NUMA=", "CONFIG_=y", "# CONFIG_SWAP is not set",
    "CONFIG_A B=y", "CONFIG_A=y\nCONFIG_B=y", "CONFIG_A=\"$(shell id)\"", "CONFIG_A=`id`", "",
    "CONFIG_A=\u{202e}y",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(throws: KernelOptionError.form(text)) { try KernelOption(parsing: text) }
  }

  @Test func aModuleIsRefused() {
    let error = #expect(throws: KernelOptionError.module("CONFIG_DMATEST")) {
      try KernelOption(parsing: "CONFIG_DMATEST=m")
    }
    #expect(error?.description.hasSuffix("write CONFIG_DMATEST=y") == true)
  }
}
