// SPDX-License-Identifier: Apache-2.0
package import Emulator
package import MemoryRequests
package import Observations
package import Quantities
package import Transcripts

/// The record of a run, `cmalab.run/1`: what scripts read and reports are made from.
///
/// Sizes are integers in bytes, addresses `0x…` strings, ends inclusive, times in seconds.
package struct RunRecord: Hashable, Sendable, Codable {
  package static let currentSchema = "cmalab.run/1"

  package let schema: String
  package let verdict: Verdict
  /// Why, in a sentence.
  package let reason: String
  package let ending: EndingRecord
  package let request: RunRequest
  /// What was predicted before the guest was started; nil where nothing was.
  package let predicted: PredictedRecord?
  package let observed: ObservedRecord
  /// Which setting was to make the default pool; nil where the guest did not end as it should.
  package let winner: WinnerRecord?
  /// What became of each node of reserved-memory, in the order of the tree.
  package let regions: [RegionOutcome]
  /// How the guest came to its memory; nil where it was not asked to tell.
  package let trace: MemoryTrace?
  package let checks: [Check]
  package let tests: [TestRecord]
  /// How QEMU came to a halt; nil before it has.
  package let emulator: EmulatorOutcome?
  /// File names in the run directory.
  package let artifacts: [String: String]
  /// Seconds: `prepare`, `guest`, `total`, `guestUptime` (the guest's own clock), `harnessCPU`
  /// (cmalab's own process); and `harnessPeakMiB`, its largest resident set.
  package let timing: [String: Double]

  package struct EndingRecord: Hashable, Sendable, Codable {
    package let kind: Ending.Kind?
    package let line: String
    package let consoleLine: Int?
    package let stage: String?
  }

  /// The setting that makes the default pool by the kernel's own rules.
  package struct WinnerRecord: Hashable, Sendable, Codable {
    /// Nil where no setting asks for a pool, or it is not known.
    package let via: PoolWay?
    /// Why, in a sentence.
    package let reason: String
  }

  /// A test that ran in the guest.
  package struct TestRecord: Hashable, Sendable, Codable {
    package let name: String
    package let verdict: Verdict
    package let reason: String
    /// Everything that it measured, with units.
    package let figures: [TestReport.Figure]
    /// How long what it timed took.
    package let latencies: [LatencySummary]
    /// The guest's own verdict line.
    package let source: [Evidence]
  }

  package struct ObservedRecord: Hashable, Sendable, Codable {
    package struct Area: Hashable, Sendable, Codable {
      package let name: String
      package let base: PhysicalAddress
      package let bytes: ByteCount
      /// Pages handed out since boot, and asked for in vain; nil where the guest does not count.
      package let allocatedPages: UInt64?
      package let refusedPages: UInt64?
    }

    package let cmaTotalBytes: ByteCount?
    package let cmaFreeBytes: ByteCount?
    package let cmaAreas: [Area]
    package let systemRAM: [PhysicalRange]
    package let reserved: [PhysicalRange]
    /// RAM that the kernel was told not to map.
    package let unmapped: [PhysicalRange]
    /// What `crashkernel=` got, by address; nil where it got nothing.
    package let crashKernel: [PhysicalRange]?
    package let kernelRelease: String?
    /// Every word of the kernel on CMA and reserved memory, understood or not.
    package let cmaMessages: [Evidence]
    /// Those of them that nothing here understands.
    package let unknownMessages: [Evidence]
    /// What the kernel refused or changed, explained, in the order of its log.
    package let complaints: [ExplainedMessage]
    /// What the guest did not have, in its own words.
    package let absences: [Evidence]
  }
}

extension RunRecord {
  /// What was predicted, held against what the guest did; nil where nothing could be compared.
  package var prediction: Check? { checks.first { $0.id == PredictionCheck.id } }
}

extension RunRecord.ObservedRecord {
  init(_ observations: Observations) {
    cmaTotalBytes = observations.memoryInfo?.cmaTotal?.value
    cmaFreeBytes = observations.memoryInfo?.cmaFree?.value
    cmaAreas = ObservedPools(observations).areas
    systemRAM = observations.ioMemory?.systemRAM.map(\.value) ?? []
    reserved =
      (observations.memblockReserved?.ranges ?? observations.ioMemory?.reserved ?? []).map(\.value)
    unmapped = observations.ioMemory?.unmapped.map(\.value) ?? []
    let crashRanges = observations.ioMemory?.crashKernel.map(\.value) ?? []
    crashKernel = crashRanges.isEmpty ? nil : crashRanges
    kernelRelease = observations.identity.kernelRelease?.value
    cmaMessages = observations.cmaMessages.all
    unknownMessages = observations.cmaMessages.unknown
    complaints = observations.cmaMessages.complaints.map(ExplainedMessage.init)
    absences = observations.absences
  }
}

/// The pools of a guest, from the best source that it had.
struct ObservedPools {
  let areas: [RunRecord.ObservedRecord.Area]

  /// debugfs knows every pool. Without it, the log names the default one, and meminfo its size to
  /// the byte; a guest that died before it could print that has the log's whole MiB.
  init(_ observations: Observations) {
    if let known = observations.cmaAreas {
      areas = known.areas.map { area in
        let statistics = observations.cmaStatistics.first { area.value.isCalled($0.value.name) }
        return .init(
          name: area.value.name, base: area.value.range.start, bytes: area.value.range.size,
          allocatedPages: statistics?.value.allocatedPages,
          refusedPages: statistics?.value.refusedPages)
      }
      return
    }
    areas = observations.cmaMessages.reserved.prefix(1).compactMap { pool in
      let size =
        observations.memoryInfo?.cmaTotal?.value ?? .mebibytes(pool.value.wholeMebibytes)
      return pool.value.base.map {
        .init(
          name: CMAArea.defaultName, base: $0, bytes: size, allocatedPages: nil, refusedPages: nil)
      }
    }
  }
}
