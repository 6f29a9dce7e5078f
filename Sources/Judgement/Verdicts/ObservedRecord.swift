// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

extension RunRecord.ObservedRecord {
  init(_ observations: Observations) {
    let crashKernel = observations.ioMemory?.crashKernel.map(\.value) ?? []
    self.init(
      cmaTotalBytes: observations.memoryInfo?.cmaTotal?.value,
      cmaFreeBytes: observations.memoryInfo?.cmaFree?.value,
      cmaAreas: ObservedPools(observations).areas,
      systemRAM: observations.ioMemory?.systemRAM.map(\.value) ?? [],
      reserved: (observations.memblockReserved?.ranges ?? observations.ioMemory?.reserved ?? [])
        .map(\.value),
      unmapped: observations.ioMemory?.unmapped.map(\.value) ?? [],
      crashKernel: crashKernel.isEmpty ? nil : crashKernel,
      kernelRelease: observations.identity.kernelRelease?.value,
      cmaMessages: observations.cmaMessages.all,
      unknownMessages: observations.cmaMessages.unknown,
      complaints: observations.cmaMessages.complaints.map { ExplainedMessage($0) },
      absences: observations.absences)
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
