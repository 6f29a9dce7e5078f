// SPDX-License-Identifier: Apache-2.0
import HostFiles
import MemoryRequests
import SystemPackage
import Testing

@testable import Kernels

/// What of a tree's own configuration is told to be otherwise.
@Suite struct ConfigurationChangeTests {
  private func changes(_ before: String, _ after: String, asking: String) throws -> [String] {
    try withFolder { folder in
      let file = folder.appending("asked.config")
      try HostFile.write(Array(asking.utf8), to: file)
      let asked = try KernelConfiguration(fragments: [file])
      return ConfigurationChange.all(from: before, to: after, asking: asked).map {
        "\($0.name) \($0.before ?? "n") \($0.asked ?? "-") \($0.after ?? "n")"
      }
    }
  }

  @Test func whatIsAskedForComesFirstAndThenWhatFollows() throws {
    #expect(
      try changes(
        "CONFIG_CMA=y\n# CONFIG_DEBUG_FS is not set\nCONFIG_CMDLINE_FORCE=y\nCONFIG_CC_A=1\n",
        "CONFIG_CMA=y\nCONFIG_DEBUG_FS=y\nCONFIG_BLK_DEBUG_FS=y\nCONFIG_CC_A=2\n",
        asking: "CONFIG_DEBUG_FS=y\nCONFIG_CMA=y\n# CONFIG_CMDLINE_FORCE is not set\n")
        == ["CONFIG_CMDLINE_FORCE y n n", "CONFIG_DEBUG_FS n y y", "CONFIG_BLK_DEBUG_FS n - y"])
  }

  @Test func whatIsAskedForInVainIsTold() throws {
    #expect(
      try changes("CONFIG_A=y\n", "CONFIG_A=y\n", asking: "CONFIG_CMA_SYSFS=y\nCONFIG_A=y\n")
        == ["CONFIG_CMA_SYSFS n y n"])
  }

  @Test func nothingChanges() throws {
    #expect(
      try changes("CONFIG_A=y\n", "CONFIG_A=y\n", asking: "CONFIG_A=y\n# CONFIG_B is not set\n")
        == [])
  }
}
