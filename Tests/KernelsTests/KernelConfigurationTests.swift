// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Kernels
import MemoryRequests
import SystemPackage
import Testing

@Suite struct KernelConfigurationTests {
  private func configuration(_ fragments: String...) throws -> KernelConfiguration {
    try withFolder { folder in
      let files = try fragments.enumerated().map { index, text in
        let file = folder.appending("\(index).config")
        try HostFile.write(Array(text.utf8), to: file)
        return file
      }
      return try KernelConfiguration(fragments: files)
    }
  }

  @Test func optionsOfAllKinds() throws {
    let configuration = try configuration(
      """
      # SPDX-License-Identifier: Apache-2.0
      # A comment on CONFIG_OTHER=y

      CONFIG_CMA=y
      CONFIG_MODULE=m
      CONFIG_CMA_AREAS=7
      CONFIG_CMDLINE="console=ttyAMA0 a=b"
      CONFIG_BASE=0x1000
      # CONFIG_SWAP is not set
      CONFIG_PCI=n

      """)
    #expect(
      configuration.text == """
        CONFIG_CMA=y
        CONFIG_MODULE=m
        CONFIG_CMA_AREAS=7
        CONFIG_CMDLINE="console=ttyAMA0 a=b"
        CONFIG_BASE=0x1000
        # CONFIG_SWAP is not set
        # CONFIG_PCI is not set

        """)
  }

  @Test func theLastValueWins() throws {
    let configuration = try configuration(
      "CONFIG_A=1\nCONFIG_B=y\n", "CONFIG_A=2\n# CONFIG_B is not set\n", "CONFIG_A=3\nCONFIG_C=y\n")
    #expect(configuration.text == "# CONFIG_B is not set\nCONFIG_A=3\nCONFIG_C=y\n")
    #expect(configuration.lost(in: "CONFIG_A=3\nCONFIG_C=y\n") == [])
    #expect(configuration.lost(in: "CONFIG_A=1\nCONFIG_C=y\n").map(\.description) == ["CONFIG_A=3"])
  }

  @Test func whatDidNotSurviveIsNamed() throws {
    let configuration = try configuration(
      "CONFIG_CMA=y\nCONFIG_DMA_CMA=y\nCONFIG_CMA_AREAS=7\n# CONFIG_SWAP is not set\nCONFIG_M=m\n")
    let finished = """
      #
      # Automatically generated file; DO NOT EDIT.
      #
      CONFIG_CMA=y
      # CONFIG_DMA_CMA is not set
      CONFIG_CMA_AREAS=19
      CONFIG_SWAP=y
      CONFIG_MM=m

      """
    #expect(
      configuration.lost(in: finished).map(\.description) == [
        "CONFIG_DMA_CMA=y", "CONFIG_CMA_AREAS=7", "# CONFIG_SWAP is not set", "CONFIG_M=m",
      ])
    #expect(
      configuration.lost(in: "").map(\.description) == [
        "CONFIG_CMA=y", "CONFIG_DMA_CMA=y", "CONFIG_CMA_AREAS=7", "CONFIG_M=m",
      ])
  }

  @Test func whatIsOffMayBeUnmentioned() throws {
    let configuration = try configuration("# CONFIG_SWAP is not set\nCONFIG_PCI=n\n")
    #expect(configuration.lost(in: "") == [])
    #expect(configuration.lost(in: "# CONFIG_SWAP is not set\n# CONFIG_PCI is not set\n") == [])
    #expect(configuration.lost(in: "CONFIG_PCI=m\n").map(\.name) == ["CONFIG_PCI"])
  }

  @Test func linesMayEndAsOnOtherSystems() throws {
    let configuration = try configuration("CONFIG_A=y\r\n# CONFIG_B is not set\r\n\r\n")
    #expect(configuration.text == "CONFIG_A=y\n# CONFIG_B is not set\n")
    #expect(configuration.lost(in: "CONFIG_A=y\r\n") == [])
  }

  @Test(
    arguments: [
      "CMA=y", "config_cma=y", "CONFIG_CMA", "CONFIG_CMA y", "CONFIG CMA=y", "CONFIG_C-MA=y",
      " CONFIG_CMA=y", "CONFIG_CMA is not set", "source \"Kconfig\"",
    ])
  func aLineThatIsNoOptionIsRefused(line: String) throws {
    let error = #expect(throws: KernelError.self) {
      try configuration("# one\nCONFIG_A=y\n\(line)\nCONFIG_B=y\n")
    }
    guard case .badFragment(let file, line: let number, text: let text) = try #require(error) else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(file.lastComponent?.string == "0.config")
    #expect(number == 3)
    #expect(text == line)
  }

  @Test func aBadLineIsQuotedWithARemedy() {
    let error = KernelError.badFragment("kernel-config/cma.config", line: 3, text: "CMA=y")
    #expect(
      error.description
        == "kernel-config/cma.config:3: 'CMA=y' is not a kernel option: "
        + "write CONFIG_NAME=value or # CONFIG_NAME is not set")
  }

  @Test func aFragmentThatIsNotThereIsNamed() {
    let error = #expect(throws: HostFileError.self) {
      try KernelConfiguration(fragments: ["/nowhere/base.config"])
    }
    #expect(error?.path == "/nowhere/base.config")
  }
}
