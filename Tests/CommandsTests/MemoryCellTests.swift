// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import Observations
import Predictions
import Quantities
import Records
import SystemPackage
import Testing
import Transcripts

extension Guests.EveryLine {
  /// Every way to ask for memory, booted on each line that is asked for.
  @Suite struct MemoryCellTests {
    @Test(arguments: TestLines.all, MemoryCell.ways + MemoryCell.pairs)
    func theKernelsOwnRulesSayWhoWins(_ line: String, _ cell: MemoryCell) async throws {
      try await expect(cell, on: line)
    }

    @Test(arguments: TestLines.all, MemoryCell.regions)
    func eachRegionBecomesWhatItIs(_ line: String, _ cell: MemoryCell) async throws {
      try await expect(cell, on: line)
    }

    @Test(
      arguments: TestLines.all,
      MemoryCell.refusedPools + MemoryCell.refusedNodes + MemoryCell.refusedRegions
        + [MemoryCell.overlap])
    func eachRefusalIsExplained(_ line: String, _ cell: MemoryCell) async throws {
      try await expect(cell, on: line)
    }

    @Test(arguments: TestLines.all)
    func aTraceTellsTheBootInOrder(_ line: String) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--trace-memory", "--kernel", line, "--cma", "512M", "--region",
          "name=video,size=64M,at=0x50000000,reusable", "--out", scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        let observed = try await CMALabProcess([
          "observe", "--format", "json", scratch["run"].string,
        ]).result()
        let record = try observed.record
        let trace = try #require(record.trace)
        let pools = record.observed.cmaAreas
        for pool in pools {
          let range = try #require(PhysicalRange(start: pool.base, size: pool.bytes))
          #expect(
            trace.steps.contains { $0.kind == .reserved && $0.range?.contains(range) == true })
          #expect(result.output.contains("\(range)"))
        }
        #expect(trace.areas.map(\.count).sorted() == pools.map { $0.bytes.bytes >> 12 }.sorted())
        let zones = try #require(trace.steps.firstIndex { $0.text.hasPrefix("Zone ranges") })
        let memory = try #require(trace.steps.firstIndex { $0.text.hasPrefix("Memory: ") })
        #expect(zones < memory)
        #expect(trace.pageblocks.contains { $0.contains("zone") })
      }
    }

    /// Where a newer line says nothing, the tree itself tells what is wrong.
    @Test func aBoardsOwnRegionsAreBooted() async throws {
      let board = """
        name: own
        summary: a board with regions of its own
        architecture: arm64
        cpu: { model: cortex-a57, count: 1 }
        devices: { gic: 0xf9000000, uart: 0xff000000 }
        physical-ram: [ { base: 0x0, size: 1G } ]
        layouts:
          one:
            summary: one bank
            banks: [ { base: 0x0, size: 1G } ]
            memreserve: [ { base: 0x8000000, size: 1M } ]
            reserved:
              - { name: video, size: 64M, at: 0x10000000, reusable: true, users: 2 }
              - { name: dsp, size: 16M, at: 0x20000000, no-map: true, compatible: none }
        defaults: { layout: one, cma: 64M }
        sources: [ a test ]
        """
      for line in TestLines.all {
        try await ScratchFolder.with { scratch in
          let file = try scratch.write(board, to: "own.yaml")
          let result = try await CMALabProcess([
            "boot", "--board", file.string, "--kernel", line, "--format", "json", "--out",
            scratch["run"].string,
          ]).result()
          let record = try result.record
          #expect(record.verdict == .pass, "\(record.reason)")
          #expect(record.regions.map(\.kind) == [.pool, .carveOut])
          #expect(record.regions.first?.users == ["/cmalab-video", "/cmalab-video-2"])
          #expect(record.checks.contains { $0.id.rawValue == "memreserve.0x8000000" })
        }
      }
    }

    private func expect(_ cell: MemoryCell, on line: String) async throws {
      try await ScratchFolder.with { scratch in
        var arguments = [
          "boot", "--kernel", line, "--format", "json", "--out", scratch["r"].string,
        ]
        if let fragment = cell.fragment {
          let file = try scratch.write(fragment, to: "fragment.dtsi")
          arguments += ["--dts-append", file.string]
        }
        // A kernel for another Kconfig pool is made from its sibling, in seconds.
        let result = try await CMALabProcess(arguments + cell.arguments)
          .result(deadline: .seconds(300))
        let record = try result.record
        let isQuiet = cell.notOn.contains(line)
        #expect(record.observed.unknownMessages.map(\.text) == [])
        let complaints = Set(record.observed.complaints.map(\.id))
        guard !isQuiet else {
          #expect(complaints.isEmpty)
          return
        }
        #expect(record.verdict == cell.verdict, "\(record.reason)")
        expect(complaints, of: cell, on: line)
        let told = record.told.withTreeAsLastFile
        for words in cell.words { #expect(told.contains(words), "\(told)") }
        #expect(record.reason.count <= FailureCause.longest, "\(record.reason)")
        guard record.ending.kind == .completed else { return }
        #expect(record.winner?.via == cell.winner)
        if let total = cell.totalMebibytes {
          #expect(record.observed.cmaTotalBytes == .mebibytes(total))
        }
        if let base = cell.base {
          #expect(record.observed.cmaAreas.first { $0.name == "reserved" }?.base.value == base)
        }
        for region in cell.regions {
          let seen = record.regions.first { $0.node == region.node }
          #expect(seen?.kind == region.kind)
          if let base = region.base { #expect(seen?.base?.value == base) }
        }
      }
    }

    /// Newer kernels refuse a node before anything is made of it, so no driver does.
    private func expect(_ complaints: Set<String>, of cell: MemoryCell, on line: String) {
      let rules = KernelRelease(line).flatMap { KernelRules(release: $0) }
      let newest = rules?.overriddenDefault == .whenValidated && cell.complaints.first == "bypassed"
      #expect(complaints == Set(cell.complaints.filter { !newest || $0 != "driver-refused" }))
    }
  }
}

extension RunRecord {
  /// Everything that the record says in words of why the run came to what it did.
  fileprivate var told: String {
    let complaints = observed.complaints.flatMap { [$0.source.text, $0.meaning, $0.remedy] }
    return
      ([reason] + complaints + checks.map { "observed \($0.observed)" }
      + regions.compactMap(\.fault)).joined(separator: "\n")
  }
}
