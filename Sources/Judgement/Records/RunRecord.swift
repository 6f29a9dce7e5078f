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
  package static let currentSchema = DocumentFormat.run.identifier

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
  /// Nil in a record of cmalab 0.1, and where a log alone was judged.
  package var made: Made?
  /// SHA-256 in hexadecimal, by file name, of what the guest was loaded from and of its console; nil
  /// where ``made`` is.
  package var digests: [String: String]?
  /// Why nothing was predicted; nil where ``predicted`` is there, and in older records.
  package var unpredicted: String?

  package struct EndingRecord: Hashable, Sendable, Codable {
    package let kind: Ending.Kind?
    package let line: String
    package let consoleLine: Int?
    package let stage: String?
    /// Of a panic: what the kernel had found wrong with itself before.
    package let firstFault: Ending.Fault?

    package init(
      kind: Ending.Kind?, line: String, consoleLine: Int?, stage: String?,
      firstFault: Ending.Fault? = nil
    ) {
      self.firstFault = firstFault
      self.kind = kind
      self.line = line
      self.consoleLine = consoleLine
      self.stage = stage
    }
  }

  /// The setting that makes the default pool by the kernel's own rules.
  package struct WinnerRecord: Hashable, Sendable, Codable {
    /// Nil where no setting asks for a pool, or it is not known.
    package let via: PoolWay?
    /// Why, in a sentence.
    package let reason: String

    package init(
      via: PoolWay?, reason: String
    ) {
      self.via = via
      self.reason = reason
    }
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

    package init(
      name: String, verdict: Verdict, reason: String, figures: [TestReport.Figure],
      latencies: [LatencySummary], source: [Evidence]
    ) {
      self.name = name
      self.verdict = verdict
      self.reason = reason
      self.figures = figures
      self.latencies = latencies
      self.source = source
    }
  }

  package struct ObservedRecord: Hashable, Sendable, Codable {
    package struct Area: Hashable, Sendable, Codable {
      package let name: String
      package let base: PhysicalAddress
      package let bytes: ByteCount
      /// Pages handed out since boot, and asked for in vain; nil where the guest does not count.
      package let allocatedPages: UInt64?
      package let refusedPages: UInt64?

      package init(
        name: String, base: PhysicalAddress, bytes: ByteCount, allocatedPages: UInt64?,
        refusedPages: UInt64?
      ) {
        self.name = name
        self.base = base
        self.bytes = bytes
        self.allocatedPages = allocatedPages
        self.refusedPages = refusedPages
      }
    }

    package let cmaTotalBytes: ByteCount?
    package let cmaFreeBytes: ByteCount?
    /// RAM that the kernel has not kept for itself, pools included; nil in records of earlier releases.
    package let memoryTotalBytes: ByteCount?
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

    package init(
      cmaTotalBytes: ByteCount?, cmaFreeBytes: ByteCount?, memoryTotalBytes: ByteCount? = nil,
      cmaAreas: [Area],
      systemRAM: [PhysicalRange], reserved: [PhysicalRange], unmapped: [PhysicalRange],
      crashKernel: [PhysicalRange]?, kernelRelease: String?, cmaMessages: [Evidence],
      unknownMessages: [Evidence], complaints: [ExplainedMessage], absences: [Evidence]
    ) {
      self.cmaTotalBytes = cmaTotalBytes
      self.cmaFreeBytes = cmaFreeBytes
      self.memoryTotalBytes = memoryTotalBytes
      self.cmaAreas = cmaAreas
      self.systemRAM = systemRAM
      self.reserved = reserved
      self.unmapped = unmapped
      self.crashKernel = crashKernel
      self.kernelRelease = kernelRelease
      self.cmaMessages = cmaMessages
      self.unknownMessages = unknownMessages
      self.complaints = complaints
      self.absences = absences
    }
  }

  package init(
    schema: String, verdict: Verdict, reason: String, ending: EndingRecord, request: RunRequest,
    predicted: PredictedRecord?, observed: ObservedRecord, winner: WinnerRecord?,
    regions: [RegionOutcome], trace: MemoryTrace?, checks: [Check], tests: [TestRecord],
    emulator: EmulatorOutcome?, artifacts: [String: String], timing: [String: Double],
    made: Made? = nil
  ) {
    self.schema = schema
    self.verdict = verdict
    self.reason = reason
    self.ending = ending
    self.request = request
    self.predicted = predicted
    self.observed = observed
    self.winner = winner
    self.regions = regions
    self.trace = trace
    self.checks = checks
    self.tests = tests
    self.emulator = emulator
    self.artifacts = artifacts
    self.timing = timing
    self.made = made
  }
}

extension RunRecord {
  /// What was predicted, held against what the guest did; nil where nothing could be compared.
  package var prediction: Check? { checks.first { $0.id == .prediction } }
}

extension RunRecord.ObservedRecord {
  /// Of a guest that said nothing.
  package static let nothing = RunRecord.ObservedRecord(
    cmaTotalBytes: nil, cmaFreeBytes: nil, cmaAreas: [], systemRAM: [], reserved: [], unmapped: [],
    crashKernel: nil, kernelRelease: nil, cmaMessages: [], unknownMessages: [], complaints: [],
    absences: [])
}
