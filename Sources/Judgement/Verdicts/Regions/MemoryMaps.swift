// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// Where the guest shows its RAM, in the precision of whole pages.
struct MemoryMaps {
  /// RAM that the guest was given.
  let banks: AddressSet
  /// What /proc/iomem calls `System RAM`; nil where the guest does not show it.
  let systemRAM: AddressSet?
  /// What the early allocator has as taken, or, without its debugfs, /proc/iomem's `reserved`.
  let reserved: AddressSet?
  let pageSize: ByteCount
  private let observations: Observations

  init(banks: [PhysicalRange], observations: Observations) {
    self.banks = AddressSet(banks)
    self.observations = observations
    pageSize = observations.identity.pageSize?.value ?? .kibibytes(4)
    let shown = observations.ioMemory?.systemRAM.map(\.value) ?? []
    systemRAM = shown.isEmpty ? nil : AddressSet(shown)
    let taken =
      observations.memblockReserved?.ranges.map(\.value)
      ?? observations.ioMemory?.reserved.map(\.value) ?? []
    reserved = taken.isEmpty ? nil : AddressSet(taken)
  }

  /// RAM that is not System RAM: the kernel left it unmapped (memblock_mark_nomap), or took it out of
  /// its list of memory (memblock_remove: floating no-map regions up to 5.14).
  var unmapped: AddressSet {
    banks.subtracting(systemRAM ?? banks)
  }

  /// Whether any of the range is RAM.
  func holdsRAM(_ range: PhysicalRange) -> Bool {
    banks.union(systemRAM ?? AddressSet()).ranges.contains { $0.overlaps(range) }
  }

  /// Where it is seen that a range is not System RAM: the entry of the list that has it, or the
  /// System RAM beside the hole.
  func evidenceOfHole(_ range: PhysicalRange) -> [Evidence] {
    let listed = observations.ioMemory?.unmapped.first { $0.value.overlaps(range) }
    let beside = observations.ioMemory?.systemRAM.first {
      $0.value.last.value.addingReportingOverflow(1) == (range.start.value, false)
        || range.last.value.addingReportingOverflow(1) == ($0.value.start.value, false)
    }
    return [listed ?? beside].compactMap { $0?.evidence }
  }

  /// Where RAM is, for what is not to be mapped beside it.
  var evidenceOfRAM: [Evidence] {
    [observations.ioMemory?.systemRAM.first].compactMap { $0?.evidence }
  }

  /// Whether a reservation has room for the region; nil where the guest shows none.
  func hasReservation(for region: RunRequest.Region) -> Bool? {
    reserved.map { reserved in
      let windows = region.windows.map { AddressSet($0) }
      let possible = windows.map { reserved.intersection($0) } ?? reserved
      return possible.ranges.contains { $0.size >= region.bytes }
    }
  }

  func evidenceOfReservation(_ range: PhysicalRange) -> [Evidence] {
    let taken = observations.memblockReserved?.ranges ?? observations.ioMemory?.reserved ?? []
    return [taken.first { $0.value.contains(range) }].compactMap { $0?.evidence }
  }
}
