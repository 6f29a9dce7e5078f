// SPDX-License-Identifier: Apache-2.0
import Quantities
package import Transcripts

/// Everything that a run's transcript says of the guest's memory.
///
/// A source that the guest did not have, or could not read to its end, is nil and stands in
/// ``absences``.
package struct Observations: Sendable {
  package let identity: GuestIdentity
  package let kernelLog: KernelLog
  package let cmaMessages: CMAMessages
  package let memoryInfo: MemoryInfo?
  package let ioMemory: IOMemory?
  package let memblockMemory: MemblockList?
  package let memblockReserved: MemblockList?
  package let deviceTree: GuestDeviceTree?
  /// Nil where the guest has no CMA debugfs, or did not say how large its pages are.
  package let cmaAreas: CMAAreas?
  /// Empty where the guest has no CMA sysfs.
  package let cmaStatistics: [Fact<CMAStatistics>]
  /// The tests that ran in the guest.
  package let tests: [TestReport]
  /// Nil for a guest that was not asked to tell it.
  package let trace: MemoryTrace?
  /// What the guest itself said was missing, in its words.
  package let absences: [Evidence]

  /// In lines. No list of memory of a real kernel comes near it; one that does was made up.
  private static let longestSource = 5_000

  package init(_ transcript: Transcript) {
    /// What is read from a part of a source would pass for the whole of it.
    func read<Value>(_ name: String, _ make: (GuestRecord) -> Value) -> Value? {
      guard let record = transcript.record(name) else { return nil }
      let lines = record.lines
      guard lines.count <= Self.longestSource, !lines.contains(where: \.isExcuse) else {
        return nil
      }
      return make(record)
    }
    let identity = GuestIdentity(transcript)
    self.identity = identity
    kernelLog = KernelLog(transcript)
    cmaMessages = CMAMessages(kernelLog)
    memoryInfo = read("meminfo", MemoryInfo.init)
    let memblockMemory = read("memblock-memory", MemblockList.init)
    self.memblockMemory = memblockMemory
    ioMemory = read("iomem") { IOMemory($0, memory: memblockMemory) }
    memblockReserved = read("memblock-reserved", MemblockList.init)
    deviceTree = read("device-tree", GuestDeviceTree.init)
    cmaAreas = identity.pageSize.flatMap { pageSize in
      let release = identity.kernelRelease.flatMap { KernelRelease($0.value) }
      return read("cma-debugfs") { CMAAreas($0, pageSize: pageSize.value, release: release) }
    }
    cmaStatistics = read("cma-sysfs", CMAStatistics.all) ?? []
    tests = TestReport.all(in: transcript)
    trace = MemoryTrace(transcript)
    absences = transcript.records.flatMap { record in
      record.lines.filter(\.isExcuse).map { Evidence(record, $0) }
    }
  }
}
