// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities
import Testing

/// What /chosen tells a kernel that saves the memory of a crashed one; the places were measured on guests
/// of each line.
@Suite struct CaptureKernelTests {
  private func predict(
    _ line: String, _ capture: EarlyMemory.CaptureKernel, _ changes: [String: String?] = [:]
  ) -> Prediction {
    var memory = KernelsOfOurs.memory(line, banks: KernelsOfOurs.stock, parameters: "cma=256M")
    memory.capture = capture
    return Prediction(
      of: KernelsOfOurs.facts(line, ["CRASH_DUMP": "y"].merging(changes) { $1 }), with: memory)
  }

  @Test(arguments: [
    ("5.10", 0x2e00_0000), ("6.1", 0x2ec0_0000), ("6.12", 0x2ec0_0000), ("7.2", 0x2fc0_0000),
  ])
  func outsideOfTheUsableRangeIsNoRAM(_ line: String, _ base: UInt64) {
    let prediction = predict(line, .init(usableRanges: [.init(start: 0, size: 1 << 30)]))
    #expect(prediction.pools.map(\.range.start.value) == [base])
    #expect(prediction.unknown == nil)
    #expect(prediction.freeBytes < .gibibytes(1))
  }

  @Test(arguments: KernelsOfOurs.lines) func aSecondRangeIsAddedWhereTheLineReadsIt(_ line: String)
  {
    let capture = EarlyMemory.CaptureKernel(usableRanges: [
      .init(start: 0, size: 1 << 30), .init(start: 0x5000_0000, size: 512 << 20),
    ])
    let usable = predict(line, capture).freeBytes
    #expect((usable > .gibibytes(1)) == (line != "5.10"))
  }

  /// Four more since 7.3, for what the crashed kernel had in CMA (crashkernel=…,cma).
  @Test func rangesOfTheCrashedKernelsPoolsAreAddedSince7Dot3() {
    let capture = EarlyMemory.CaptureKernel(usableRanges: [
      .init(start: 0, size: 1 << 30), .init(start: 0x5000_0000, size: 64 << 20),
      .init(start: 0x5800_0000, size: 64 << 20), .init(start: 0x6000_0000, size: 64 << 20),
    ])
    let added = predict("7.3", capture).freeBytes.bytes - predict("7.2", capture).freeBytes.bytes
    // But for the page tables and the memory map of what is added.
    #expect((120 << 20...128 << 20).contains(added))
  }

  @Test(arguments: KernelsOfOurs.lines) func theHeaderLiesInThePoolsWay(_ line: String) {
    let capture = EarlyMemory.CaptureKernel(
      elfCoreHeader: .init(start: 0x7800_0000, size: 1 << 20))
    let prediction = predict(line, capture)
    #expect(prediction.pools.map(\.range.start.value) == [0x6800_0000])
    #expect(prediction.reservations.contains { $0.owner == .elfCoreHeader })
    let words =
      line == "5.10"
      ? "Reserving 1024KB of memory at 0x78000000 for elfcorehdr"
      : "OF: fdt: Reserving 1024 KiB of memory at 0x78000000 for elfcorehdr"
    #expect(prediction.messages.contains(words))
    let other = predict(line, capture, ["CRASH_DUMP": nil])
    #expect(other.pools.map(\.range.start.value) != [0x6800_0000])
  }

  /// The kernel reserves nothing of what is reserved already.
  @Test(arguments: KernelsOfOurs.lines) func aHeaderOverTheTreeIsSkipped(_ line: String) {
    let tree = KernelsOfOurs.memory(line, banks: KernelsOfOurs.stock).deviceTree
    let header = EarlyMemory.Entry(start: tree.start.value & ~0xfff, size: 0x1000)
    let prediction = predict(line, .init(elfCoreHeader: header))
    #expect(!prediction.reservations.contains { $0.owner == .elfCoreHeader })
    #expect(prediction.messages.contains { $0.hasSuffix("elfcorehdr is overlapped") })
  }

  @Test func aPropertyThatIsNotWholeCannotBePredicted() {
    let prediction = predict("6.1", .init(malformedProperty: "linux,usable-memory-range"))
    #expect(prediction.unknown?.contains("linux,usable-memory-range") == true)
  }
}

/// The RAM that a kernel is expected to have.
@Suite struct UsableRAMTests {
  private func ram(
    _ architecture: Architecture, _ parameters: String,
    _ capture: EarlyMemory.CaptureKernel = .init()
  ) -> [PhysicalRange] {
    var memory = KernelsOfOurs.memory("6.1", banks: KernelsOfOurs.stock, parameters: parameters)
    memory.capture = capture
    return memory.usableRAM(
      on: architecture, pageSize: .kibibytes(4), imageSize: .mebibytes(4), textOffset: 0)
  }

  @Test func withoutLimitsItIsAllBanks() {
    #expect(ram(.arm64, "") == KernelsOfOurs.stock.map { KernelsOfOurs.range($0.0, $0.1) })
  }

  @Test func aLimitCutsTheTop() {
    #expect(ram(.arm64, "mem=1G") == [KernelsOfOurs.range(0, 1 << 30)])
    // Of two the last counts.
    #expect(ram(.arm64, "mem=1G mem=512M") == [KernelsOfOurs.range(0, 512 << 20)])
    // Neither the kernel nor its initramfs is cut off.
    #expect(ram(.arm64, "mem=1M").first.map { $0.size > .mebibytes(4) } == true)
  }

  @Test func on32BitsItReplacesAllRAM() {
    let ranges = ram(.arm, "mem=64M mem=32M@0x40000000")
    #expect(
      ranges == [KernelsOfOurs.range(0, 64 << 20), KernelsOfOurs.range(0x4000_0000, 32 << 20)])
  }

  @Test func aUsableRangeCutsBothEnds() {
    let capture = EarlyMemory.CaptureKernel(usableRanges: [.init(start: 1 << 20, size: 1 << 30)])
    #expect(ram(.arm64, "", capture) == [KernelsOfOurs.range(1 << 20, 1 << 30)])
  }
}
