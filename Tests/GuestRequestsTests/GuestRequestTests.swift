// SPDX-License-Identifier: Apache-2.0

import Foundation
import MemoryRequests
import Quantities
import Testing

@testable import GuestRequests

@Suite struct GuestRequestTests {
  @Test func whatIsUsualIsNotWritten() {
    #expect(GuestRequest().bootArguments == ["--board", "arm64-4g"])
  }

  @Test func aDefaultPoolOfTheTreeIsAnOptionOfThePoolAndNoRegion() throws {
    var request = GuestRequest(board: "rpi4")
    try request.set(.cma, to: "64M@256M-1G")
    try request.set(.via, to: "dts")
    #expect(
      request.bootArguments == [
        "--board", "rpi4", "--cma", "64M@0x10000000-0x40000000", "--via", "dts",
      ])
  }

  @Test func aCommaOfANameSurvives() throws {
    var request = GuestRequest()
    try request.set(.region, to: "name=linux,,cma,size=64M,reusable,compatible=a,,b,compatible=c")
    let region = try #require(request.regions.first?.region)
    #expect(region.name == "linux,cma")
    #expect(region.compatible == ["a,b", "c"])
    #expect(
      request.values(of: .region) == [
        "name=linux,,cma,size=64M,reusable,compatible=a,,b,compatible=c"
      ])
  }

  /// `--cma 0` is `cma=0`, which hides a default pool of the device tree; `none` is no `cma=`.
  @Test func noneIsNoPoolOfTheCommandLineAndZeroIsOne() throws {
    var request = GuestRequest()
    try request.set(.cma, to: "none")
    #expect(request.pools.isOmitted && request.pools.asked == nil)
    #expect(request.bootArguments == ["--board", "arm64-4g", "--cma", "none"])
    try request.set(.cma, to: "0")
    #expect(!request.pools.isOmitted && request.pools.asked == PoolRequest(bytes: .zero))
    let pool = PoolRequest(bytes: .mebibytes(16))
    try request.set(.cma, to: "none")
    #expect(!request.applying(.pool(pool, via: .commandLine)).pools.isOmitted)
  }

  @Test func aTreeStandsInPlaceOfTheBoard() throws {
    var request = GuestRequest()
    try request.set(.deviceTree, to: "/sys/firmware/fdt")
    try request.set(.cma, to: "64M")
    try request.check()
    #expect(request.bootArguments == ["--dtb", "/sys/firmware/fdt", "--cma", "64M"])
  }

  @Test func aShellReadsTheLineBack() throws {
    var request = GuestRequest()
    try request.set(.append, to: "it's $HOME \"x\"")
    #expect(
      request.commandLine == #"cmalab boot --board arm64-4g --append 'it'\''s $HOME "x"'"#)
  }

  @Test func aValueThatLooksLikeAnOptionStaysWithItsOption() throws {
    var request = GuestRequest()
    try request.set(.append, to: "--test all")
    #expect(request.bootArguments.last == "--append=--test all")
  }

  @Test(
    arguments: [
      (.cma, "640MB", "'640MB' ends in 'MB'"),
      (.pageSize, "8k", "'8k' is not known: use one of 4k"),
      (.via, "magic", "use one of cmdline, dts, kconfig"), (.board, "", "is empty"),
      (.cpus, "two", "'two' is not a number"), (.lpae, "yes", "use true or false"),
      (.test, "magic", "'magic' is not known"), (.region, "size=1M", "a region needs name=NAME"),
      (.region, "name=linux,cma,size=1M", "a comma inside of a value twice"),
      (.kconfigCMA, "10", "is not a whole number of MiB"),
      (.kconfigAddition, "NUMA", "'NUMA' is not an option of a kernel"),
    ] as [(GuestOption, String, String)])
  func whatIsNoValueIsRefused(option: GuestOption, text: String, words: String) {
    var request = GuestRequest()
    let error = #expect(throws: GuestRequestError.self) { try request.set(option, to: text) }
    #expect(error?.option == option)
    #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
  }

  @Test(
    arguments: [
      ([(.via, "dts"), (.cma, "1M"), (.deviceTreeCMA, "1M")], "--via dts and --dts-cma both"),
      ([(.via, "kconfig"), (.cma, "1M"), (.kconfigCMA, "1M")], "--via kconfig and --kconfig-cma"),
      ([(.via, "kconfig"), (.cma, "1M@0x0")], "Kconfig has no addresses"),
      ([(.via, "kconfig"), (.cma, "4K")], "is not a whole number of MiB"),
      ([(.via, "dts"), (.cma, "none")], "--cma none asks for no pool: omit --via dts"),
      ([(.cpus, "9")], "--cpus is 9"), ([(.timeout, "0")], "--timeout is 0.0"),
      ([(.append, "quiet cma=1M")], "--append has cma="), ([(.append, "ü")], "--append has char"),
      ([(.board, "rpi4"), (.deviceTree, "/b.dtb")], "--board and --dtb both say which board"),
      ([(.overlay, "/o.dtbo")], "--overlay is applied to a board's own tree"),
      ([(.layout, "wide"), (.deviceTree, "/b.dtb")], "--layout is of a board of cmalab's"),
      ([(.imageSize, "1M")], "--image-size goes with --kernel-config"),
      ([(.kernelImage, "Image"), (.kconfigCMA, "1M")], "an image has its configuration"),
      ([(.defconfig, "defconfig")], "name that with --kernel-source"),
      ([(.defconfig, "defconfig"), (.kernelImage, "Image")], "name that with --kernel-source"),
      (
        [(.kernelSource, "linux"), (.defconfig, "defconfig"), (.kernelConfig, "c")],
        "omit --defconfig"
      ),
      ([(.kernelImage, "Image"), (.kconfigAddition, "CONFIG_A=y")], "omit --kconfig-add"),
      ([(.kernelConfig, "c"), (.kconfigAddition, "CONFIG_A=y")], "omit --kconfig-add"),
      (
        [(.kconfigAddition, "CONFIG_A=y"), (.kconfigAddition, "CONFIG_A=n")],
        "CONFIG_A more than once"
      ),
      ([(.kconfigAddition, "CONFIG_CMA_SIZE_MBYTES=8")], "--kconfig-cma sets it"),
      ([(.kconfigAddition, "CONFIG_ARM64_64K_PAGES=y")], "--page-size sets it"),
      ([(.kconfigAddition, "CONFIG_ARM_LPAE=y")], "--lpae sets it"),
    ] as [([(GuestOption, String)], String)])
  func whatContradictsItselfIsRefused(values: [(GuestOption, String)], words: String) throws {
    var request = GuestRequest()
    for (option, text) in values { try request.set(option, to: text) }
    let error = #expect(throws: GuestRequestError.self) { try request.check() }
    #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
  }

  @Test func aConfigurationIsAskedForAgain() throws {
    var request = GuestRequest()
    try request.set(.kernelSource, to: "/linux")
    try request.set(.defconfig, to: "vendor/imx_v8_defconfig")
    try request.set(.kconfigAddition, to: "CONFIG_NUMA=y")
    try request.set(.kconfigAddition, to: "CONFIG_SWAP=n")
    try request.check()
    #expect(
      request.commandLine
        == "cmalab boot --board arm64-4g --kernel-source /linux --defconfig vendor/imx_v8_defconfig "
        + "--kconfig-add CONFIG_NUMA=y --kconfig-add CONFIG_SWAP=n")
    let json = try JSONEncoder().encode(request)
    #expect(try JSONDecoder().decode(GuestRequest.self, from: json) == request)
  }

  @Test func aChangeReplacesWhatAsksTheSameWay() throws {
    var request = GuestRequest()
    try request.set(.deviceTreeCMA, to: "64M")
    try request.set(.kconfigCMA, to: "32M")
    let pool = PoolRequest(bytes: .mebibytes(16))
    let changed = request.applying(.pool(pool, via: .deviceTree))
    #expect(changed.pools.asked == pool && changed.pools.deviceTree == nil)
    #expect(changed.pools.kconfig == request.pools.kconfig)
    try changed.check()
    #expect(request.applying(.pool(pool, via: .commandLine)).pools.deviceTree != nil)
  }

  @Test func oldPlansAndNewOnesAreRead() throws {
    let json = #"{"board":["rpi4"],"cma":["1024M"],"test":["allocate","region"],"via":["dts"]}"#
    let request = try JSONDecoder().decode(GuestRequest.self, from: Data(json.utf8))
    #expect(
      request.bootArguments == [
        "--board", "rpi4", "--cma", "1G", "--via", "dts", "--test", "allocate", "--test", "region",
      ])
    let again = try JSONDecoder().decode(
      GuestRequest.self, from: try JSONEncoder().encode(request))
    #expect(again == request)
  }

  @Test(arguments: [#"{"colour":["red"]}"#, #"{"cma":["1M","2M"]}"#, #"{"cma":["red"]}"#])
  func whatIsNoRequestIsNotRead(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(GuestRequest.self, from: Data(json.utf8))
    }
  }
}
