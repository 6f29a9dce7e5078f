// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Predictions
import Quantities
import Testing

/// Two point releases of one stable series that place the same pools elsewhere.
@Suite struct PointReleaseTests {
  private static let mebibyte: UInt64 = 1 << 20

  private func predict(
    _ release: String, _ configuration: [String: String?] = [:], banks: [(UInt64, UInt64)],
    parameters: String = "", regions: [EarlyMemory.Node]? = nil
  ) throws -> Prediction {
    let release = try #require(KernelRelease(release))
    return Prediction(
      of: KernelsOfOurs.facts(release.line, configuration, release: release),
      with: KernelsOfOurs.memory(
        release.line, banks: banks, parameters: parameters, regions: regions,
        kernelOffset: regions == nil ? 0 : 2 * Self.mebibyte))
  }

  private func pool(_ mebibytes: UInt64, within: EarlyMemory.Entry) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: "linux,cma",
      placement: .dynamic(size: mebibytes * Self.mebibyte, alignment: nil, within: [within]),
      isSharedPool: true, isReusable: true, isDefault: true)
  }

  private func firmware(_ start: UInt64, _ size: UInt64) -> EarlyMemory.Node {
    EarlyMemory.Node(
      name: "firmware", placement: .fixed([.init(start: start, size: size)]), isNoMap: true)
  }

  /// An i.MX8MP's banks: 6.12.13 took from 6.13 that static regions are not in the kernel's list yet
  /// when dynamic ones are placed, so that one no longer grows along the firmware but down from the top
  /// of its range, which lies above 4 GiB.
  @Test(arguments: [
    ("6.12.10", true, UInt64(0x4000_0000)..<0x5000_0000),
    ("6.12.12", true, 0x4000_0000..<0x5000_0000),
    ("6.12.13", false, 0xf200_0000..<0xf200_0001),
    ("6.12.16", false, 0xf200_0000..<0xf200_0001),
  ])
  func aDynamicRegionMovedAcrossFourGiB(
    _ release: String, isActive: Bool, starts: Range<UInt64>
  ) throws {
    let prediction = try predict(
      release, banks: [(0x4000_0000, 0xc000_0000), (0x1_0000_0000, 0xc000_0000)],
      regions: [
        firmware(0x4000_0000, 0x2_0000),
        pool(960, within: .init(start: 0x4000_0000, size: 0xee00_0000)),
      ])
    let pool = try #require(prediction.pools.first)
    #expect(starts.contains(pool.range.start.value))
    #expect(pool.isActive == isActive)
    #expect(prediction.totalBytes == (isActive ? .mebibytes(960) : .zero))
  }

  /// A Raspberry Pi 5 with 16 KiB pages, as its boot logs show it.
  @Test(arguments: [("6.12.10", UInt64(0x0200_0000)), ("6.12.16", 0x3a00_0000)])
  func aDynamicRegionMovedToTheTop(_ release: String, start: UInt64) throws {
    let prediction = try predict(
      release,
      [
        "ARM64_4K_PAGES": nil, "ARM64_16K_PAGES": "y", "ARM64_VA_BITS": "47",
        "TRANSPARENT_HUGEPAGE": "y",
      ],
      banks: [(0, 0x3fc0_0000), (0x4000_0000, 0x3_c000_0000)],
      regions: [
        firmware(0, 0x8_0000),
        pool(64, within: .init(start: 0, size: 0x4000_0000)),
      ])
    #expect(prediction.pools.map(\.range.start.value) == [start])
  }

  /// 5.4 takes a no-map region out of RAM and 5.15 marks it, whatever is in it; the others refuse it.
  @Test(arguments: [
    ("5.4.301", true), ("5.10.262", false), ("5.15.215", true), ("6.1.192", false),
    ("7.3.4", false),
  ])
  func aNoMapRegionOverTheInitramfs(release: String, isUnmapped: Bool) throws {
    let bank: (UInt64, UInt64) = (0, 0x8000_0000)
    let initramfs = try #require(KernelsOfOurs.memory("6.1", banks: [bank]).initramfs)
    let region = firmware(initramfs.start.value, 0x1_0000)
    let rules = KernelRules(release: try #require(KernelRelease(release)))
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)),
      with: KernelsOfOurs.memory("6.1", banks: [bank], parameters: "cma=64M", regions: [region]))
    #expect(prediction.hazards == (isUnmapped ? [.unmappedMemory] : []))
    #expect(
      prediction.exposures.map(\.other) == (isUnmapped ? ["the \(Owner.initramfs)"] : []))
    let aside = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)),
      with: KernelsOfOurs.memory(
        "6.1", banks: [bank], parameters: "cma=64M", regions: [firmware(0x4000_0000, 0x1_0000)]))
    #expect(aside.hazards.isEmpty)
  }

  /// 5.4 takes it before the pool, and not the last byte below the limit: so the last 2 MiB are left.
  @Test func aCrashKernelOf5Dot4ComesBeforeThePool() throws {
    let rules = KernelRules(release: try #require(KernelRelease("5.4.301")))
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", ["KEXEC": "y"], rules: try #require(rules)),
      with: KernelsOfOurs.memory(
        "6.1", banks: [(0, 0x8000_0000)], parameters: "cma=64M crashkernel=64M"))
    #expect(prediction.unknown == nil)
    #expect(prediction.pools.map(\.range.start.value) == [0x77c0_0000])
    #expect(
      prediction.messages.first
        == "crashkernel reserved: 0x000000007be00000 - 0x000000007fe00000 (64 MB)")
  }

  /// What firmware keeps is in a dynamic region's way on every line, also where it is reserved after the
  /// static ones (6.6 to 6.12.12).
  @Test(arguments: ["6.1.192", "6.6.53", "6.12.12"])
  func aDynamicRegionAvoidsWhatFirmwareKeeps(release: String) throws {
    let rules = KernelRules(release: try #require(KernelRelease(release)))
    var memory = KernelsOfOurs.memory(
      "6.1", banks: [(0, 0x4000_0000)],
      regions: [pool(64, within: .init(start: 0, size: 0x4000_0000))])
    memory.memoryReservations = [KernelsOfOurs.range(0x3c00_0000, 0x10_0000)]
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)), with: memory)
    #expect(prediction.pools.map(\.range.start.value) == [0x3800_0000])
  }

  /// 6.18.9 reserves both entries, and sets nothing up of a node that has two.
  @Test(arguments: [("6.18.8", true), ("6.18.9", false), ("7.2.13", true)])
  func aPoolOfTwoEntries(release: String, isMade: Bool) throws {
    let start = 0x1000_0000 as UInt64
    let region = EarlyMemory.Node(
      name: "video",
      placement: .fixed([
        .init(start: start, size: 64 * Self.mebibyte),
        .init(start: 0x2000_0000, size: 4 * Self.mebibyte),
      ]), isSharedPool: true, isReusable: true)
    let rules = KernelRules(release: try #require(KernelRelease(release)))
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)),
      with: KernelsOfOurs.memory("6.1", banks: [(0, 0x4000_0000)], regions: [region]))
    #expect(prediction.pools.map(\.range.start.value) == (isMade ? [start] : []))
    #expect(prediction.regions.map(\.outcome).contains(.refused(.severalEntries)) == !isMade)
  }

  /// cma= overrides a node with linux,cma-default in one file or another, with another prefix each.
  @Test(arguments: [
    ("6.18.8", "Reserved memory: bypass linux,cma node, using cmdline CMA params instead"),
    ("6.18.9", #"OF: reserved mem: Skipping dt linux,cma-default for "cma=" kernel param."#),
    ("7.2.13", #"Skipping dt linux,cma-default node in favor for "cma=" kernel param."#),
  ])
  func anOverriddenNode(release: String, message: String) throws {
    let rules = KernelRules(release: try #require(KernelRelease(release)))
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)),
      with: KernelsOfOurs.memory(
        "6.1", banks: [(0, 0x4000_0000)], parameters: "cma=64M",
        regions: [pool(64, within: .init(start: 0, size: 0x4000_0000))]))
    #expect(prediction.messages.contains(message), "\(prediction.messages)")
  }

  @Test(arguments: ["5.4.301", "6.1.192", "7.3.4"])
  func aParameterWithoutAValueIsSaidAndOmitted(release: String) throws {
    let rules = KernelRules(release: try #require(KernelRelease(release)))
    let prediction = Prediction(
      of: KernelsOfOurs.facts("6.1", rules: try #require(rules)),
      with: KernelsOfOurs.memory("6.1", banks: [(0, 0x4000_0000)], parameters: "cma cma=64M"))
    #expect(prediction.messages.first == "cma: Config string not provided")
    #expect(prediction.totalBytes == .mebibytes(64))
  }

  /// 5.10.37 took from 5.11 that the default pool is reserved after the memory map, which takes 16 MiB
  /// a GiB of RAM.
  @Test func aDefaultPoolMovedBelowTheMemoryMap() throws {
    let top: UInt64 = 0xc000_0000
    func start(_ release: String) throws -> UInt64 {
      let prediction = try predict(release, banks: [(0, top)], parameters: "cma=64M")
      return try #require(prediction.pools.first).range.start.value
    }
    #expect(try start("5.10.35") == top - 64 * Self.mebibyte)
    #expect(try start("5.10.0") == top - 64 * Self.mebibyte)
    let later = try start("5.10.153")
    #expect(later < top - (64 + 48) * Self.mebibyte)
    // The map lies at a multiple of 16 MiB, below the page tables.
    #expect(later >= top - (64 + 48 + 16) * Self.mebibyte)
  }
}
