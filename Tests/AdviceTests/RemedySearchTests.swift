// SPDX-License-Identifier: Apache-2.0

import Advice
import MadeUpGuests
import MemoryRequests
import Predictions
import Quantities
import Records
import Testing

/// A request that fails, and the first kind of change that helps.
struct RemedyCase: Sendable, CustomTestStringConvertible {
  let cma: String
  var banks = SampleKernel.stock
  var windows = SampleKernel.stockWindows
  var line = "6.1"
  var deviceTree: UInt64?
  /// Nil where nothing helps.
  let remedy: Remedy.Kind?

  var testDescription: String { "\(line) \(cma) \(banks)" }

  var search: RemedySearch {
    get throws {
      RemedySearch(
        kernel: SampleKernel.facts(line),
        memory: SampleKernel.memory(banks, cma: cma, deviceTree: deviceTree),
        asked: try PoolRequest(parsing: cma), windows: windows, devices: SampleKernel.devices,
        end: PhysicalAddress(1 << 39))
    }
  }

  private static let range = SampleKernel.range
  static let all = [
    RemedyCase(cma: "3000M", remedy: .inventedSplit),
    RemedyCase(cma: "2046M", remedy: .node),
    // 7.2 lets cma= name a range above what the DMA zone has.
    RemedyCase(cma: "2000M", line: "7.2", remedy: .window),
    RemedyCase(cma: "2000M", line: "6.12", remedy: .node),
    RemedyCase(cma: "30M@0x20000000", remedy: .alignment),
    RemedyCase(cma: "64M@0x20100000", remedy: .alignment),
    // The device tree in the middle of the only bank.
    RemedyCase(
      cma: "700M", banks: [range(0, 0x4000_0000)], windows: [range(0, 0x4000_0000)],
      deviceTree: 0x2000_0000, remedy: .placement),
    // Bank 0 can grow within its window at the cost of bank 1.
    RemedyCase(
      cma: "1500M", banks: [range(0, 0x4000_0000), range(0x8_0000_0000, 0x4000_0000)],
      windows: [range(0, 0x8000_0000), range(0x8_0000_0000, 0x8000_0000)], remedy: .split),
    RemedyCase(
      cma: "2030M", banks: [range(0, 0x8000_0000)], windows: [range(0, 0x8000_0000)], remedy: nil),
  ]
}

@Suite struct RemedySearchTests {
  @Test(arguments: RemedyCase.all)
  func theFirstChangeThatHelpsIsFound(_ made: RemedyCase) throws {
    let search = try made.search
    #expect(search.standing.safeRange == nil)
    let attempts = Remedy.Kind.allCases.map(search.attempt)
    #expect(attempts.first { !$0.candidates.isEmpty }?.kind == made.remedy)
    for attempt in attempts { #expect(attempt.candidates.isEmpty || !attempt.finding.isEmpty) }
  }

  /// The last bank's end is the kernel's where `cma=` looks, and not where a node does.
  @Test func aNodeIsSaidToGetWhatItGets() throws {
    let bank = SampleKernel.range(0, 0x8000_0000)
    let search = try RemedyCase(
      cma: "1500M", banks: [bank], windows: [bank], deviceTree: 0x4000_0000, remedy: .placement
    ).search
    let attempt = search.attempt(.node)
    let largest = try #require(attempt.largest)
    #expect(attempt.candidates.isEmpty)
    #expect(largest > search.largestAsAsked)
    #expect(
      attempt.finding
        == "a node gets \(largest.wholeMebibytes) MiB at most, before the kernel takes memory for itself"
    )
  }

  @Test func aSplitHasAsMuchRAMAsBefore() throws {
    for made in RemedyCase.all {
      let search = try made.search
      let total = made.banks.reduce(0) { $0 + $1.size.bytes }
      for kind in [Remedy.Kind.split, .inventedSplit] {
        for candidate in search.attempt(kind).candidates {
          guard case .split(let banks, let invented) = candidate.change else {
            Issue.record("\(kind) is no split")
            continue
          }
          #expect(banks.reduce(0) { $0 + $1.size.bytes } == total)
          #expect(!zip(banks, banks.dropFirst()).contains { $0.overlaps($1) })
          #expect(!banks.contains { bank in SampleKernel.devices.contains { $0.overlaps(bank) } })
          if kind == .split { #expect(invented.isEmpty) }
        }
      }
    }
  }

  @Test func whatIsSafeNeedsNothing() throws {
    let made = RemedyCase(cma: "1700M", remedy: nil)
    #expect(try made.search.standing.safeRange?.size == .mebibytes(1700))
  }

  @Test func whatFitsAndIsNotSafeIsToldApart() throws {
    let made = RemedyCase(cma: "2000M", remedy: nil)
    guard case .unsafe(let range, let faults) = try made.search.standing else {
      Issue.record("it is not unsafe")
      return
    }
    #expect(range.size == .mebibytes(2000))
    #expect(faults == ["it leaves no 64 MiB in one piece below the DMA limit for bounce buffers"])
  }

  @Test func theWordsOfARemedyCanBePasted() throws {
    let made = RemedyCase(cma: "2046M", remedy: .node)
    let candidate = try #require(try made.search.attempt(.node).candidates.first)
    let remedy = Remedy(
      candidate, asked: try PoolRequest(parsing: made.cma), alignment: .mebibytes(4), dmaLimit: nil)
    let source = try #require(remedy.deviceTree)
    for words in [
      "#address-cells = <2>;", "ranges;", "size = <0x0 0x80000000>;",
      "alignment = <0x0 0x400000>;", "alloc-ranges = <0x8 0x0 0x0 0x80000000>;",
      "linux,cma-default;",
    ] {
      #expect(source.contains(words))
    }
    #expect(remedy.caveats.contains { $0.contains("32-bit DMA mask") })
  }
}
