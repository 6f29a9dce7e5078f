// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Observations
import Predictions
import Quantities
import Records

/// Whether the pool is there, as large as it should be, and where every source says it is.
struct PoolChecks {
  let request: RunRequest
  let observations: Observations
  let defaultPool: DefaultPool
  let regions: RegionLedger

  init(request: RunRequest, observations: Observations, regions: RegionLedger) {
    self.request = request
    self.observations = observations
    self.regions = regions
    defaultPool = DefaultPool(request: request, observations: observations, regions: regions)
  }

  var all: [Check] {
    let isReserved = defaultPool.asked != .zero && poolExists
    let pools = isReserved ? [base, size, bank, accounted, defaultPool.place(of: poolRange)] : []
    let ofRegions = regions.entries.map { entry in
      entry.check(expectsBypass: isBypassed(entry.region), gap: regions.accounts.gap)
    }
    return ([defaultPool.winner, total] + pools + ofRegions + reservations).compactMap(\.self)
  }

  /// Whether the kernel is to pass a region over for `cma=`.
  private func isBypassed(_ region: RunRequest.Region) -> Bool {
    region.isDefault && region.isPool && defaultPool.precedence.bypassesDeviceTree
  }

  /// Each `/memreserve/` entry is taken; nil where the guest has no memblock debugfs.
  private var reservations: [Check?] {
    request.memoryReservations.map { range in
      guard let taken = observations.memblockReserved?.ranges else { return nil }
      let cover = taken.first { $0.value.contains(range) }
      return Check(
        .memoryReservation(range.start), cover != nil, expected: "\(range) is reserved",
        observed: cover.map { "reserved within \($0.value)" } ?? "within no reserved range",
        cover.map { [$0.evidence] } ?? [])
    }
  }

  private var poolExists: Bool {
    (observations.memoryInfo?.cmaTotal?.value ?? .zero) > .zero
  }

  private var area: GuestAreas.Area? { regions.areas.defaultPool }

  /// The pools that reserved-memory asks for; their sizes are not rounded.
  private var regionPoolBytes: ByteCount {
    ByteCount(
      request.regions.filter { $0.isPool && !isBypassed($0) }.reduce(0) { $0 &+ $1.bytes.bytes })
  }

  /// CmaTotal is the request, after the kernel's own rounding, to the byte.
  private var total: Check {
    let rounding = PoolRounding(observations.identity)
    let asked = defaultPool.asked
    let rounded = asked == .zero ? .zero : asked.flatMap { rounding?.rounded($0) }
    let due = rounded.map { ByteCount($0.bytes &+ regionPoolBytes.bytes) }
    let seen = observations.memoryInfo?.cmaTotal
    let regions = regionPoolBytes == .zero ? "" : " and \(regionPoolBytes) in regions"
    let expected: String =
      switch (asked, due, rounding) {
      case (nil, _, _): "what the kernel's own configuration sets\(regions)"
      case (let asked?, nil, nil): "\(asked), but the guest does not say how its kernel rounds"
      case (let asked?, nil, _?): "\(asked), which rounds up past 2^64"
      case (let asked?, let due?, let rounding?) where rounded != asked:
        "\(due): \(asked) rounded up to \(ByteCount(rounding.alignment.bytes))\(regions)"
      case (ByteCount.zero, let due?, _): regions.isEmpty ? "\(due)" : "\(due) in regions"
      case (let asked?, let due?, _):
        regions.isEmpty ? "\(due)" : "\(due): \(asked)\(regions)"
      }
    let failure = observations.cmaMessages.failed.first
    // The kernel never rounds down, so less than was asked for is too little however it rounds.
    let least = (asked?.bytes ?? 0) &+ regionPoolBytes.bytes
    let holds = seen.flatMap { seen in
      seen.value.bytes < least
        ? false : asked == nil ? true : due.map { seen.value == $0 }
    }
    return Check(
      id: .pool(.total), verdict: holds.map { $0 ? .pass : .fail } ?? .inconclusive,
      expected: expected,
      observed: seen.map { "\($0.value)" } ?? "no CmaTotal in /proc/meminfo",
      source: [seen?.evidence, failure?.evidence, rounding?.evidence].compactMap(\.self))
  }

  /// The kernel log and debugfs name the same first byte.
  private var base: Check {
    let logged = observations.cmaMessages.reserved.compactMap { pool in
      pool.value.base.map { Fact($0, pool.evidence) }
    }
    let shown = area.flatMap { $0.isShown ? Fact($0.range.start, $0.evidence) : nil }
    let sources = logged + [shown].compactMap(\.self)
    return agreement(.pool(.base), sources, one: "one base")
  }

  /// meminfo, debugfs and the kernel log name the same size, each in its own precision.
  ///
  /// meminfo and the log's `Memory:` line count all pools together, the log's `cma:` line has the
  /// whole MiB of the default one.
  private var size: Check {
    // Of two areas with one name debugfs shows the first.
    let areas = regions.areas.hasListing ? regions.areas.all : []
    let sum = areas.first.map { first in
      Fact(ByteCount(areas.reduce(0) { $0 &+ $1.range.size.bytes }), first.evidence)
    }
    let sources = [
      observations.memoryInfo?.cmaTotal, sum, observations.cmaMessages.reservedByMemoryLine,
    ]
    let exact = agreement(.pool(.size), sources.compactMap(\.self), one: "one size")
    let defaultPool = area?.range.size ?? observations.memoryInfo?.cmaTotal?.value
    guard let logged = observations.cmaMessages.reserved.first,
      logged.value.wholeMebibytes != defaultPool?.wholeMebibytes,
      !isBeforeRounding(logged.value.wholeMebibytes, of: defaultPool)
    else { return exact }
    return Check(
      id: exact.id, verdict: .fail, expected: exact.expected,
      observed: "\(exact.observed), and the log says \(logged.value.wholeMebibytes) MiB",
      source: exact.source + [logged.evidence])
  }

  /// Whether the log has the size as it was asked for, as newer kernels print it.
  private func isBeforeRounding(_ logged: UInt64, of pool: ByteCount?) -> Bool {
    guard observations.identity.kernelRules?.printsAskedSize == true, logged < 1 << 40 else {
      return false
    }
    return PoolRounding(observations.identity)?.rounded(.mebibytes(logged)) == pool
  }

  /// The pool, from whichever source has it, lies in one bank.
  private var bank: Check {
    guard let pool = poolRange else {
      return Check(
        id: .pool(.bank), verdict: .inconclusive, expected: "inside one bank",
        observed: "the guest does not say where", source: [])
    }
    let home = AddressSet(request.ram).ranges.first { $0.contains(pool.value) }
    return Check(
      .pool(.bank), home != nil, expected: "inside one bank",
      observed: home.map { "\(pool.value) in \($0)" } ?? "\(pool.value) is in no bank",
      [pool.evidence])
  }

  /// The early allocator's list (or, without it, /proc/iomem) has the pool as taken.
  private var accounted: Check? {
    guard let pool = poolRange,
      let taken = observations.memblockReserved?.ranges ?? observations.ioMemory?.reserved,
      !taken.isEmpty
    else { return nil }
    let cover = taken.first { $0.value.contains(pool.value) }
    return Check(
      .pool(.reserved), cover != nil, expected: "\(pool.value) is reserved",
      observed: cover.map { "reserved within \($0.value)" } ?? "within no reserved range",
      cover.map { [$0.evidence] } ?? [])
  }

  private var poolRange: Fact<PhysicalRange>? { area.map { Fact($0.range, $0.evidence) } }

  private func agreement<Value: Hashable & CustomStringConvertible>(
    _ id: Check.ID, _ facts: [Fact<Value>], one: String
  ) -> Check {
    guard let first = facts.first else {
      return Check(
        id: id, verdict: .inconclusive, expected: "\(one) in every source", observed: "nothing",
        source: [])
    }
    let agrees = facts.allSatisfy { $0.value == first.value }
    let sources = facts.map(\.evidence.source).joined(separator: ", ")
    let each = facts.map { "\($0.value) (\($0.evidence.source))" }.joined(separator: ", ")
    return Check(
      id, agrees, expected: "\(one) in every source",
      observed: agrees ? "\(first.value) (\(sources))" : each, facts.map(\.evidence))
  }
}
