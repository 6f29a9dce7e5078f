// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Observations
import Quantities
package import Records

extension AddressMap {
  /// What the guest of a run had in its banks.
  package init(observedBy record: RunRecord) {
    let pools = record.observed.cmaAreas.compactMap { area in
      PhysicalRange(start: area.base, size: area.bytes).map { Self.pool($0, named: area.name) }
    }
    let unmapped = record.observed.unmapped.map {
      Segment($0, "not mapped by the kernel", kind: .carveOut, shortLabel: "unmapped")
    }
    let reserved = record.regions.compactMap { region -> Segment? in
      guard region.kind == .reserved, let base = region.base, let size = region.bytes else {
        return nil
      }
      return PhysicalRange(start: base, size: size).map {
        Self.carveOut($0, node: region.node, "reserved")
      }
    }
    let crashKernel = Self.crashKernel(record.observed.crashKernel ?? [])
    // The guest does not say what is free, and what it took for itself: the model does, as long as the
    // two agree.
    let predicted = record.isMispredicted == false ? record.predicted : nil
    self.init(
      record,
      what: (predicted.map(Self.rest) ?? []) + reserved + pools + unmapped + crashKernel,
      notes: predicted.map(Self.notes) ?? [])
  }

  /// What was predicted to be there; nil where nothing was.
  package init?(predictedFor record: RunRecord) {
    guard let predicted = record.predicted, predicted.unknown == nil else { return nil }
    self.init(record, what: Self.segments(of: predicted), notes: [])
  }

  private init(_ record: RunRecord, what segments: [Segment], notes: [String]) {
    self.init(
      title: record.title, banks: record.request.banks, inventedRAM: record.request.inventedRAM,
      placement: record.request.placement, rest: segments, notes: notes)
  }
}

extension RunRecord {
  /// What ran, in a line: board, layout, pool, kernel, CPUs.
  var title: String {
    let kernel = observed.kernelRelease ?? request.kernel
    let cpus = request.cpus == 1 ? "1 CPU" : "\(request.cpus) CPUs"
    return [
      "\(request.board), layout \(request.layout)",
      request.commandLinePool.map { "cma=\($0.kernelArgument)" }, "kernel \(kernel)",
      request.pageSize.map { "\($0) pages" }, cpus,
    ].compactMap(\.self).joined(separator: ", ")
  }
}
