// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
package import Quantities
package import Records
package import Transcripts

/// Records of runs that nobody made.
package enum SampleRecord {
  /// A cell that asks for a pool of that size and is named by it.
  package static func cell(mebibytes: Int) -> MatrixCell {
    var request = GuestRequest()
    request.pools.asked = PoolRequest(bytes: .mebibytes(UInt64(mebibytes)))
    return MatrixCell(of: request, texts: [.cma: ["\(mebibytes)M"]], expect: .pass)
  }

  /// - Parameters:
  ///   - ending: a run that did not complete is inconclusive, but for one that panicked.
  ///   - base: where the guest had its pool; nil where it told nothing of it.
  package static func of(
    _ cell: MatrixCell, ending: Ending.Kind = .completed, poolAt base: PhysicalAddress? = nil
  ) -> RunRecord {
    let asked = cell.request
    let pool = asked.pools.asked ?? PoolRequest(bytes: .mebibytes(64))
    let request = RunRequest(
      board: asked.board, layout: asked.layout ?? "a-layout", banks: [], inventedRAM: [],
      cmaBytes: pool.bytes, via: .commandLine, commandLinePool: pool,
      kconfigPool: KconfigPool.none, regions: [], kernel: "6.1",
      pageSize: asked.kernel.pageSize ?? .fourKiB, cpus: asked.cpuCount ?? 1,
      commandLine: cell.id, tests: asked.tests.map(\.rawValue),
      deviceTree: nil, placement: nil)
    let pending = RunRecord.pending(request, artifacts: [:])
    let verdict: Verdict =
      switch ending {
      case .completed: .pass
      case .panicked: .fail
      default: .inconclusive
      }
    return RunRecord(
      schema: pending.schema, verdict: verdict, reason: "as made up",
      ending: .init(kind: ending, line: "", consoleLine: nil, stage: nil), request: request,
      predicted: nil, observed: base.map { observed($0, pool.bytes) } ?? pending.observed,
      winner: nil, regions: [], trace: nil,
      checks: [Check(id: .pool(.total), verdict: .pass, expected: "", observed: "", source: [])],
      tests: [],
      emulator: nil,
      artifacts: [:], timing: ["total": 0.5])
  }

  private static func observed(
    _ base: PhysicalAddress, _ bytes: ByteCount
  ) -> RunRecord.ObservedRecord {
    let area = RunRecord.ObservedRecord.Area(
      name: "reserved", base: base, bytes: bytes, allocatedPages: nil, refusedPages: nil)
    return RunRecord.ObservedRecord(
      cmaTotalBytes: bytes, cmaFreeBytes: nil, cmaAreas: [area], systemRAM: [], reserved: [],
      unmapped: [], crashKernel: nil, kernelRelease: nil, cmaMessages: [], unknownMessages: [],
      complaints: [], absences: [])
  }
}
