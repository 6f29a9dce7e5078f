// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Whether a pool's address can be believed: one changed digit is still an address.
struct BaseChecks {
  private let ram: [PhysicalRange]
  private let landmarks: Set<UInt64>
  /// Addresses that two lines give.
  private let confirmed: Set<PhysicalAddress>
  private let isGarbled: Bool
  /// How many digits an address has on this architecture; nil where that is not known.
  private let digits: Set<Int>?
  private let baseDigits: [UInt64: Int]
  /// Of which a base is a multiple on kernels as released; vendors' may have less.
  private let granule: UInt64

  /// - Parameter draft: all lines of the boot.
  init(
    _ draft: BootDraft, _ architecture: Architecture?, banks: [PhysicalRange]?,
    confirmed: Set<PhysicalAddress>
  ) {
    let spans = (draft.spans + draft.nodeRanges).map(\.value)
    let zones = draft.boot.zones.compactMap(\.value.range)
    if let banks {
      ram = banks
    } else if let start = (spans + zones).map(\.start).min(),
      let last = (spans + zones).map(\.last).max(),
      let span = PhysicalRange(start: start, last: last)
    {
      ram = [span]
    } else {
      // Nothing was seen above 1 TiB without a map of its RAM in the log.
      ram = [PhysicalRange(start: PhysicalAddress(0), size: .gibibytes(1024))].compactMap(\.self)
    }
    isGarbled = !draft.boot.garbled.isEmpty
    self.confirmed = confirmed
    baseDigits = draft.baseDigits
    digits =
      draft.boot.otherArchitecture == nil
      ? architecture.map { $0 == .arm64 ? Set(9...16) : [8, 16] } : [8, 16]
    // mm/cma.c before 5.19: the buddy allocator's largest block, 4 MiB with 4 KiB pages.
    let release = draft.boot.release.flatMap { KernelRelease($0.value) }
    granule = release.map { $0 < KernelRelease(major: 5, minor: 19) } == true ? 4 << 20 : 2 << 20
    let known =
      ram + zones + draft.boot.takers.map(\.value.range) + draft.boot.regions.map(\.value.range)
      + [draft.boot.loader.ramdisk, draft.boot.loader.deviceTree].compactMap { $0?.value }
    landmarks = Set(known.flatMap { [$0.start.value, $0.last.value &+ 1] })
  }

  /// Drops the addresses that cannot be, and in a garbled log those that nothing else agrees with.
  func checked(_ pools: [Logged<LoggedBoot.Pool>]) -> [Logged<LoggedBoot.Pool>] {
    pools.map { logged in
      guard let base = logged.value.base else { return logged }
      let size = logged.value.size ?? ByteCount(1)
      let isTold = confirmed.contains(base)
      let isPossible =
        hasAllDigits(base) && isAligned(base, size, to: 1 << 20) && (isTold || isInRAM(base, size))
      let isBelieved =
        !isGarbled || isTold
        || isAligned(base, size, to: granule) && fits(base, size, among: pools)
      guard !isPossible || !isBelieved else { return logged }
      var pool = logged.value
      pool.base = nil
      pool.isDoubted = true
      return Logged(pool, logged.lines)
    }
  }

  /// Deleted zeros leave an address that is one on another architecture.
  private func hasAllDigits(_ base: PhysicalAddress) -> Bool {
    guard let printed = baseDigits[base.value] else { return true }
    return digits?.contains(printed) ?? false
  }

  /// Pools consist of the kernel's granule, both in place and in size; page 0 is in none.
  private func isAligned(_ base: PhysicalAddress, _ size: ByteCount, to granule: UInt64) -> Bool {
    let unit = size.bytes == 1 ? granule : min(granule, size.bytes & (~size.bytes &+ 1))
    return base.value > 0 && unit > 0 && base.value % unit == 0
  }

  private func isInRAM(_ base: PhysicalAddress, _ size: ByteCount) -> Bool {
    guard let range = PhysicalRange(start: base, size: size) else { return false }
    return ram.contains { $0.contains(range) }
  }

  /// The kernel searches from an end: a pool begins or ends where something else does, and lies in no
  /// other.
  private func fits(
    _ base: PhysicalAddress, _ size: ByteCount, among pools: [Logged<LoggedBoot.Pool>]
  ) -> Bool {
    guard let range = PhysicalRange(start: base, size: size) else { return false }
    let others = pools.compactMap(\.value.range).filter { $0 != range }
    guard !others.contains(where: { $0.overlaps(range) }) else { return false }
    let edges = landmarks.union(others.flatMap { [$0.start.value, $0.last.value &+ 1] })
    return edges.contains(range.start.value) || edges.contains(range.last.value &+ 1)
  }
}
