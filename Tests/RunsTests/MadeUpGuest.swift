// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
import Records
import Transcripts

/// What a guest that nobody booted shows.
struct MadeUpGuest {
  var ending: Ending.Kind = .completed
  var verdict: Verdict = .pass
  var areas = [RunRecord.ObservedRecord.Area(at: 0x4000_0000, of: .mebibytes(64))]
  var release: String?
  var failedChecks: [Check.ID] = []
  var test: Verdict?

  var record: RunRecord {
    let request = RunRequest(
      board: "a-board", layout: "a-layout", banks: [], inventedRAM: [], cmaBytes: .zero,
      via: .commandLine, commandLinePool: nil, kconfigPool: nil, regions: [], kernel: "6.1",
      pageSize: .fourKiB, cpus: 1, commandLine: "", tests: [], deviceTree: nil, placement: nil)
    let pending = RunRecord.pending(request, artifacts: [:])
    return RunRecord(
      schema: pending.schema, verdict: verdict, reason: "as made up",
      ending: .init(kind: ending, line: "", consoleLine: nil, stage: nil), request: request,
      predicted: nil,
      observed: .init(
        cmaTotalBytes: nil, cmaFreeBytes: nil, cmaAreas: areas, systemRAM: [],
        reserved: [], unmapped: [], crashKernel: nil, kernelRelease: release, cmaMessages: [],
        unknownMessages: [], complaints: [], absences: []),
      winner: nil, regions: [], trace: nil,
      checks: failedChecks.map {
        Check(id: $0, verdict: .fail, expected: "", observed: "", source: [])
      },
      tests: test.map {
        [
          .init(
            name: "allocate", verdict: $0, reason: "", figures: [], latencies: [], source: [])
        ]
      } ?? [],
      emulator: nil, artifacts: [:], timing: [:])
  }
}

extension RunRecord.ObservedRecord.Area {
  init(_ name: String = "reserved", at base: UInt64, of size: ByteCount) {
    self.init(
      name: name, base: PhysicalAddress(base), bytes: size, allocatedPages: nil, refusedPages: nil)
  }
}
