// SPDX-License-Identifier: Apache-2.0
import Predictions
import Quantities
import Testing

/// What becomes of a guest that has little memory left.
@Suite struct SurvivalTests {
  private static let mebibyte: UInt64 = 1 << 20
  private static let start: UInt64 = 0x4000_0000

  /// A bank of so many MiB, of which all is taken but the first ones and these holes.
  private func predict(
    _ line: String, _ size: UInt64, reserved: [(UInt64, UInt64)], _ parameters: String = ""
  ) -> Prediction {
    Prediction(
      of: KernelsOfOurs.facts(line),
      with: KernelsOfOurs.memory(
        line, banks: [(Self.start, size * Self.mebibyte)],
        reserved: reserved.map { (Self.start + $0.0, $0.1 - $0.0) }, parameters: parameters))
  }

  /// Watermarks follow from what the allocator has, not from all RAM: such a guest lives on 6.1.
  @Test func littleMemoryIsNotTooLittle() {
    let prediction = predict("6.1", 70, reserved: [(8 << 20, 68 << 20)])
    #expect(prediction.freeBytes < .mebibytes(4))
    #expect(prediction.fatality == nil)
    #expect(prediction.hazards == [.littleMemory])
  }

  /// Two guests of 6.1 with a pool of 1944 and of 1940 MiB: one with 10 MiB left died, as all with
  /// less did, and one with 13 MiB lived.
  @Test(arguments: [(7, true), (10, false)]) func aPoolOnLoanRaisesTheWatermark(
    _ tail: UInt64, _ isFatal: Bool
  ) {
    // The memory map takes 32 MiB.
    let prediction = predict(
      "6.1", 2000, reserved: [(5 << 20, 8 << 20), (1952 << 20, (2000 - 34 - tail) << 20)],
      "cma=1944M@0x40800000")
    #expect(prediction.pools.map(\.range.size) == [.mebibytes(1944)])
    #expect((prediction.fatality == .outOfMemory) == isFatal, "\(prediction.freeBytes)")
    #expect((prediction.hazards == [.littleMemory]) == !isFatal)
  }

  /// A guest of 7.2 with four CPUs and 33 MiB left died once in three boots, all of it in the page
  /// lists of the others.
  @Test func otherCPUsKeepPagesToThemselves() {
    let older = ["5.4", "5.10", "5.15", "6.1", "6.6"]
    for rules in KernelRules.all {
      #expect((rules.pageListBytes > 0) == !older.contains(rules.line))
    }
    func outcome(_ line: String, cpuCount: Int) -> [Prediction.Hazard] {
      var memory = KernelsOfOurs.memory(
        line, banks: [(Self.start, 750 << 20)], parameters: "cma=688M")
      memory.tree.cpuCount = cpuCount
      return Prediction(of: KernelsOfOurs.facts(line), with: memory).hazards
    }
    #expect(outcome("7.2", cpuCount: 4) == [.littleMemory])
    #expect(outcome("7.2", cpuCount: 1).isEmpty)
    #expect(outcome("6.1", cpuCount: 4).isEmpty)
  }

  /// Holes of 2 MiB less 64 KiB have no room for a block of the memory map.
  @Test(arguments: KernelsOfOurs.lines)
  func theMemoryMapIsMadeOfPagesWhereNoBlockFits(_ line: String) {
    let hole: UInt64 = 2 << 20 - 64 << 10
    let ends: [UInt64] = [6, 20, 40, 60].map { $0 << 20 }
    let reserved = zip(ends, ends.dropFirst()).map { ($0 + ($0 == ends[0] ? 0 : hole), $1) }
    let prediction = predict(
      line, 64, reserved: reserved + [((60 << 20) + hole, 64 << 20)])
    let map = prediction.reservations.filter { $0.owner == .memoryMap }
      .reduce(0) { $0 + $1.range.size.bytes }
    switch line {
    case "5.10": #expect(prediction.fatality == .earlyAllocation)
    // It comes after the pools, and is not placed.
    case "7.2", "7.3": #expect(map == 0)
    default:
      #expect(prediction.fatality != .earlyAllocation)
      #expect(map > 513 * 4096)
    }
  }
}
