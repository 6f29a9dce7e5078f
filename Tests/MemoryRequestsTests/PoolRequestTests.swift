// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities
import Testing

/// `cma=` as kernel/dma/contiguous.c, early_cma reads it.
@Suite struct PoolRequestTests {
  struct Form: Sendable, CustomTestStringConvertible {
    let text: String
    let bytes: UInt64
    let base: UInt64?
    let limit: UInt64?
    let fixed: UInt64?
    let argument: String
    var testDescription: String { text }

    init(
      _ text: String, _ bytes: UInt64, base: UInt64? = nil, limit: UInt64? = nil,
      fixed: UInt64? = nil, _ argument: String
    ) {
      self.text = text
      self.bytes = bytes
      self.base = base
      self.limit = limit
      self.fixed = fixed
      self.argument = argument
    }
  }

  @Test(
    arguments: [
      Form("64M", 64 << 20, "64M"),
      Form("0", 0, "0"),
      Form("0x4000000", 64 << 20, "64M"),
      Form("64M@0x10000000", 64 << 20, base: 256 << 20, fixed: 256 << 20, "64M@0x10000000"),
      Form("64M@256M", 64 << 20, base: 256 << 20, fixed: 256 << 20, "64M@0x10000000"),
      Form(
        "64M@256M-1G", 64 << 20, base: 256 << 20, limit: 1 << 30, "64M@0x10000000-0x40000000"),
      // A range that is filled is an address; an address of zero is none.
      Form(
        "64M@256M-320M", 64 << 20, base: 256 << 20, limit: 320 << 20, fixed: 256 << 20,
        "64M@0x10000000-0x14000000"),
      Form("64M@0", 64 << 20, base: 0, "64M@0x0"),
      Form("64M@0-1G", 64 << 20, base: 0, limit: 1 << 30, "64M@0x0-0x40000000"),
    ])
  func everyFormIsRead(form: Form) throws {
    let pool = try PoolRequest(parsing: form.text)
    #expect(pool.bytes.bytes == form.bytes)
    #expect(pool.base?.value == form.base)
    #expect(pool.limit?.value == form.limit)
    #expect(pool.fixedBase?.value == form.fixed)
    #expect(pool.kernelArgument == form.argument)
    #expect(try PoolRequest(parsing: pool.kernelArgument) == pool)
  }

  /// What the kernel takes for zero, or reads otherwise than a person, is no request.
  @Test(
    arguments: [
      ("", "the size is empty"), ("64X", "not a unit"), ("64M@", "the address is empty"),
      ("64M@1G-", "the address is empty"), ("0@1G", "a pool of no size"),
      ("64M@1G-1G", "does not fit between"), ("64M@1G-2G-3G", "not a unit"),
      ("64M@0xffffffffffffffff", "past 2^64"), ("010M", "reads as octal"),
      ("64M@0100", "reads as octal"), ("-1", "is negative"),
      ("18446744073709551615", "there is no cma="),
    ])
  func whatMakesNoSenseIsRefused(text: String, words: String) throws {
    let error = #expect(throws: (any Error).self) { try PoolRequest(parsing: text) }
    #expect("\(try #require(error))".contains(words))
  }
}

@Suite struct KconfigPoolTests {
  private let ram = ByteCount.gibibytes(4)
  private let page = ByteCount.kibibytes(4)

  @Test(
    arguments: [
      ("32M", 32 << 20), ("0", 0), ("10%", 429_494_272), ("min:32M,10%", 32 << 20),
      ("max:32M,10%", 429_494_272), ("min:1G,10%", 429_494_272), ("max:1G,10%", 1 << 30),
    ] as [(String, UInt64)])
  func theSizeIsTheKernels(text: String, bytes: UInt64) throws {
    let pool = try KconfigPool(parsing: text)
    #expect(pool.bytes(of: ram, pageSize: page).bytes == bytes)
    #expect(try KconfigPool(parsing: "\(pool)") == pool)
  }

  @Test func oneChoiceIsOn() throws {
    for text in ["32M", "10%", "min:32M,10%", "max:32M,10%"] {
      let options = try KconfigPool(parsing: text).options
      #expect(options.filter { $0.value == "y" }.count == 1)
      #expect(options.contains { $0.name == "CONFIG_CMA_SIZE_MBYTES" } == (text != "10%"))
      #expect(options.contains { $0.name == "CONFIG_CMA_SIZE_PERCENTAGE" } == text.contains("%"))
      let read = KconfigPool { name in options.first { $0.name == name }?.value }
      #expect("\(read)" == text)
    }
  }

  @Test(
    arguments: [
      ("32K", "not a whole number of MiB"), ("101%", "is not a Kconfig pool"),
      ("%", "is not a Kconfig"), ("min:32M", "is not a Kconfig pool"),
      ("max:10%,32M", "is not a Kconfig pool"), ("x", "not a valid size"),
    ])
  func whatKconfigCannotSayIsRefused(text: String, words: String) throws {
    let error = #expect(throws: (any Error).self) { try KconfigPool(parsing: text) }
    #expect("\(try #require(error))".contains(words))
  }
}

@Suite struct PoolPrecedenceTests {
  private func winner(
    _ commandLine: String?, _ nodes: [UInt64], _ kconfig: UInt64?
  ) throws -> PoolPrecedence {
    PoolPrecedence(
      commandLine: try commandLine.map { try PoolRequest(parsing: $0) },
      deviceTree: nodes.map { .init(name: "linux,cma", bytes: .mebibytes($0)) },
      kconfig: kconfig.map { .mebibytes($0) })
  }

  @Test(
    arguments: [
      ("64M", [256], 32, PoolWay.commandLine), ("64M", [], 32, .commandLine),
      ("64M", [], 0, .commandLine), (nil, [256], 32, .deviceTree), (nil, [256], 0, .deviceTree),
      (nil, [], 32, .kconfig), (nil, [], 0, nil), ("0", [256], 32, nil), ("0", [], 32, nil),
      (nil, [256], nil, .deviceTree), (nil, [], nil, nil), ("64M", [256], nil, .commandLine),
    ] as [(String?, [UInt64], UInt64?, PoolWay?)])
  func cmaBeatsTheTreeAndTheTreeKconfig(
    commandLine: String?, nodes: [UInt64], kconfig: UInt64?, way: PoolWay?
  ) throws {
    let precedence = try winner(commandLine, nodes, kconfig)
    #expect(precedence.way == way)
    #expect(precedence.bypassesDeviceTree == (commandLine != nil))
  }

  @Test func theReasonNamesWhoLost() throws {
    #expect(
      try winner("64M", [256], 32).explanation
        == "cma=64M on the command line wins, over linux,cma-default of 'linux,cma' (256 MiB) and "
        + "Kconfig's 32 MiB")
    #expect(try winner(nil, [256], 32).explanation.contains("only stand in where it fails"))
    #expect(try winner("0", [256], 0).explanation.hasPrefix("cma=0 on the command line: no"))
  }
}
