// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

extension AddressMap {
  /// RAM as a log tells it: its pools, and what else had memory; nil where it does not tell RAM.
  init?(_ boot: ExplainedBoot) {
    guard let banks = boot.banks, !banks.isEmpty else { return nil }
    let taken = boot.taken.map {
      $0.kind == .region
        ? Self.carveOut($0.range, node: $0.name)
        : Segment($0.range, $0.name, kind: $0.kind.onMap)
    }
    let pools = boot.pools.compactMap { pool in
      pool.range.map { Segment($0, "\(pool.title), \(pool.outcome.rawValue)", kind: .pool) }
    }
    self.init(title: boot.boardWords, banks: banks, segments: taken + pools)
    let free = areas.flatMap { $0.range.subtracting($0.segments.map(\.range)) }
    guard let largest = free.max(by: { $0.size < $1.size }),
      let bank = areas.firstIndex(where: { $0.range.overlaps(largest) })
    else { return }
    areas[bank].segments.append(
      Segment(largest, "largest stretch of which the log has no word", kind: .hole))
  }

  /// The same with the pools where the model puts them; nil where it puts none.
  init?(predictedFor boot: ExplainedBoot) {
    guard let banks = boot.banks, let predicted = boot.predicted, predicted.unknown == nil else {
      return nil
    }
    let pools = predicted.pools.compactMap { pool in
      pool.range.map { Segment($0, pool.title, kind: .pool) }
    }
    guard !pools.isEmpty else { return nil }
    self.init(title: boot.boardWords, banks: banks, segments: pools)
  }
}

extension ExplainedBoot.Taken.Kind {
  fileprivate var onMap: AddressMap.Kind {
    switch self {
    case .kernel: .kernel
    case .ramdisk: .initramfs
    case .deviceTree: .deviceTree
    case .region, .crashKernel: .carveOut
    }
  }
}
