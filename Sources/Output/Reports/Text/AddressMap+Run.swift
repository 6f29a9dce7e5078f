// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Observations
import Quantities
package import Records

extension AddressMap {
  /// What the guest of a run had in its banks.
  package init(observedBy record: RunRecord) {
    let pools = record.observed.cmaAreas.compactMap { area in
      PhysicalRange(start: area.base, size: area.bytes).map {
        Segment($0, "CMA pool '\(area.name)'", kind: .pool)
      }
    }
    let unmapped = record.observed.unmapped.map {
      Segment($0, "not mapped by the kernel", kind: .carveOut)
    }
    let reserved = record.regions.compactMap { region -> Segment? in
      guard region.kind == .reserved, let base = region.base, let size = region.bytes else {
        return nil
      }
      return PhysicalRange(start: base, size: size).map {
        Segment($0, "'\(region.node)', reserved", kind: .carveOut)
      }
    }
    let crashKernel = Self.crashKernel(record.observed.crashKernel ?? [])
    self.init(record, what: reserved + pools + unmapped + crashKernel)
  }

  /// What was predicted to be there; nil where nothing was.
  package init?(predictedFor record: RunRecord) {
    guard let predicted = record.predicted, predicted.unknown == nil else { return nil }
    let pools = predicted.pools.compactMap { pool in
      PhysicalRange(start: pool.base, size: pool.bytes).map {
        Segment($0, "CMA pool '\(pool.name)'", kind: .pool)
      }
    }
    let carveOuts = predicted.regions.compactMap { region in
      region.outcome == "carve-out"
        ? region.range.map { Segment($0, "not mapped by the kernel", kind: .carveOut) } : nil
    }
    let crashKernel = Self.crashKernel(predicted.crashKernel?.ranges ?? [])
    self.init(record, what: pools + carveOuts + crashKernel)
  }

  /// Of what `crashkernel=` got.
  static let crashKernelLabel = "crash kernel"

  private static func crashKernel(_ ranges: [PhysicalRange]) -> [Segment] {
    ranges.map { Segment($0, crashKernelLabel, kind: .carveOut) }
  }

  private init(_ record: RunRecord, what segments: [Segment]) {
    let request = record.request
    var all = request.inventedRAM.map { Segment($0, "not on the hardware", kind: .invented) }
    all += segments
    if let placement = request.placement {
      all += [
        Segment(placement.kernel, "kernel", kind: .kernel),
        Segment(placement.initramfs, "initramfs", kind: .initramfs),
        Segment(placement.deviceTree, "device tree", kind: .deviceTree),
      ]
    }
    self.init(title: record.title, banks: request.banks, segments: all)
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
