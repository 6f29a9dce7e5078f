// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
package import Records

extension AddressMap {
  /// What is predicted of a guest.
  package init(_ guest: PredictedGuest) {
    self.init(
      title: "\(guest.board), layout \(guest.layout), kernel \(guest.kernel), predicted",
      banks: guest.banks, inventedRAM: guest.inventedRAM, placement: guest.placement,
      rest: Self.segments(of: guest.predicted), notes: Self.notes(guest.predicted))
  }

  /// Of what `crashkernel=` got.
  static let crashKernelLabel = "crash kernel"

  static func crashKernel(_ ranges: [PhysicalRange]) -> [Segment] {
    ranges.map { Segment($0, crashKernelLabel, kind: .carveOut) }
  }

  /// What a prediction puts into the banks, beside what was loaded.
  static func segments(of predicted: PredictedRecord) -> [Segment] {
    let regions = predicted.regions.compactMap { region in
      // A pool of a node is among the pools.
      region.outcome == .pool
        ? nil
        : region.range.map { carveOut($0, node: region.node, region.words) }
    }
    let pools = predicted.pools.compactMap { pool in
      PhysicalRange(start: pool.base, size: pool.bytes).map { Self.pool($0, named: pool.name) }
    }
    return rest(predicted) + regions
      + crashKernel(predicted.crashKernel?.ranges ?? []) + pools
  }

  /// What is neither loaded, nor a region, nor a pool: the largest hole, and what is in the way of one.
  static func rest(_ predicted: PredictedRecord) -> [Segment] {
    (hole(predicted).map { [$0] } ?? []) + large(predicted)
  }

  /// What the kernel takes for itself and the tree reserves, where it is large enough to be in the way.
  private static func large(_ predicted: PredictedRecord) -> [Segment] {
    // Those are drawn for themselves.
    let owners: [Owner] =
      [.kernel, .initramfs, .deviceTree, .defaultPool, .crashKernel]
      + predicted.regions.map { .region($0.node) }
    let drawn = Set(owners.map(\.description))
    return predicted.reservations.filter { reservation in
      reservation.owner == Owner.memoryReservation.description
        || reservation.range.size >= .mebibytes(16) && !drawn.contains(reservation.owner)
    }.map { Segment($0.range, $0.owner, kind: .carveOut) }
  }

  /// Where the largest pool fits where the one that was asked for does not; else the largest hole that it
  /// leaves in the range in which the kernel looks for it. Nil where nothing is left.
  static func hole(_ predicted: PredictedRecord) -> Segment? {
    if let room = predicted.room {
      let bounds = [room.below.map { "from \($0)" }, room.above.map { "to \($0)" }]
        .compactMap(\.self).joined(separator: " ")
      return room.hole.map { Segment($0, "largest hole, \(bounds)", kind: .hole) }
    }
    let end = predicted.limit.map { $0.value - 1 } ?? .max
    let search = PhysicalRange(start: PhysicalAddress(0), last: PhysicalAddress(end))
    return search.flatMap { search in
      predicted.holes.compactMap { $0.intersection(search)?.wholePages }
        .max { $0.size < $1.size }
        .map { Segment($0, "largest hole left", kind: .hole) }
    }
  }

  static func notes(_ predicted: PredictedRecord) -> [String] {
    predicted.blocker.map { ["a larger one is bounded by: \($0)"] } ?? []
  }
}

extension PhysicalRange {
  /// What of it is pages of 4 KiB: no pool begins or ends within one.
  fileprivate var wholePages: PhysicalRange? {
    let end = Alignment.page4K.down(last.value &+ 1)
    guard let start = Alignment.page4K.up(start.value), start < end else { return nil }
    return PhysicalRange(at: start, bytes: end - start)
  }
}
