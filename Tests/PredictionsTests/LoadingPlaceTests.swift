// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Testing

/// Where a boot loader puts a kernel.
@Suite struct LoadingPlaceTests {
  private static func memory(
    _ nodes: [EarlyMemory.Node], reserving reservations: [(UInt64, UInt64)] = []
  ) throws -> EarlyMemory {
    let bank = try #require(PhysicalRange(at: 0x6000_0000, bytes: 0x4000_0000))
    return EarlyMemory(
      banks: [bank],
      memoryReservations: reservations.compactMap { PhysicalRange(at: $0.0, bytes: $0.1) },
      reservedMemory: .init(nodes: nodes),
      deviceTree: try #require(PhysicalRange(at: 0x6fff_0000, bytes: 0x1000)),
      kernel: PhysicalAddress(0), commandLine: "")
  }

  private static func node(_ start: UInt64, _ size: UInt64) -> EarlyMemory.Node {
    .init(name: "n", placement: .fixed([.init(start: start, size: size)]), isNoMap: true)
  }

  @Test func itIsBehindFirmwareAtTheStartOfRAM() throws {
    let image = ImageFacts(size: 0x120_0000)
    #expect(
      try Self.memory([]).kernelPlace(of: image)?.start == PhysicalAddress(0x6000_0000))
    #expect(
      try Self.memory([Self.node(0x6000_0000, 0x200_0000)]).kernelPlace(of: image)?.start
        == PhysicalAddress(0x6200_0000))
    #expect(
      try Self.memory([], reserving: [(0x6010_0000, 0x1000)]).kernelPlace(of: image)?.start
        == PhysicalAddress(0x6020_0000))
  }

  /// A region without an address is placed once the kernel runs, around it.
  @Test func onlyWhatHasAnAddressCounts() throws {
    let dynamic = EarlyMemory.Node(
      name: "d", placement: .dynamic(size: 0x1000_0000, alignment: nil, within: nil))
    let wraps = Self.node(.max - 0xfff, 0x2000)
    let memory = try Self.memory([dynamic, wraps])
    #expect(memory.staticRanges.isEmpty)
    #expect(
      memory.kernelPlace(of: ImageFacts(size: 0x1000))?.start == PhysicalAddress(0x6000_0000))
  }

  /// As a log has it whose lines are damaged. No kernel runs there: only that it is survived counts.
  @Test(arguments: KernelsOfOurs.lines)
  func aKernelBelowAllRAMIsSurvived(line: String) throws {
    var memory = try Self.memory([])
    let facts = KernelsOfOurs.facts(line)
    memory.kernel = PhysicalAddress(0x20_0000 + facts.image.textOffset)
    let prediction = Prediction(of: facts, with: memory)
    memory.kernel = PhysicalAddress(0x6020_0000 + facts.image.textOffset)
    #expect(prediction.reservations != Prediction(of: facts, with: memory).reservations)
  }

  @Test func thereMayBeNone() throws {
    let memory = try Self.memory([Self.node(0x6000_0000, 0x4000_0000)])
    #expect(memory.kernelPlace(of: ImageFacts(size: 0x1000)) == nil)
  }
}
