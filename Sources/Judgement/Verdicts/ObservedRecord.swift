// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

extension RunRecord.ObservedRecord {
  init(_ observations: Observations, areas: GuestAreas) {
    let crashKernel = observations.ioMemory?.crashKernel.map(\.value) ?? []
    self.init(
      cmaTotalBytes: observations.memoryInfo?.cmaTotal?.value,
      cmaFreeBytes: observations.memoryInfo?.cmaFree?.value,
      memoryTotalBytes: observations.memoryInfo?.memoryTotal?.value,
      cmaAreas: ObservedPools(observations, areas).areas,
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

  /// debugfs knows every pool but the second of a name. Of the others the log has the base, and
  /// the default one's size is what meminfo has besides the regions'.
  init(_ observations: Observations, _ known: GuestAreas) {
    areas = known.all.map { area in
      let statistics =
        area.isShown ? observations.cmaStatistics.first { $0.value.name == area.wholeName } : nil
      return .init(
        name: area.wholeName, base: area.range.start, bytes: area.range.size,
        allocatedPages: statistics?.value.allocatedPages,
        refusedPages: statistics?.value.refusedPages)
    }
  }
}
