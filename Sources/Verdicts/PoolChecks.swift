// SPDX-License-Identifier: Apache-2.0
import Observations
import Quantities

/// Whether the pool is there, as large as it should be, and where every source says it is.
struct PoolChecks {
  let request: RunRequest
  let observations: Observations

  var all: [Check] {
    let pools = request.cmaBytes > .zero && poolExists ? [base, size, bank, accounted] : []
    return ([total] + pools + request.regions.map(region)).compactMap(\.self)
  }

  private var poolExists: Bool {
    (observations.memoryInfo?.cmaTotal?.value ?? .zero) > .zero
  }

  private var area: Fact<CMAArea>? {
    observations.cmaAreas?.areas.first { $0.value.name == CMAArea.defaultName }
  }

  /// The pools that reserved-memory asks for; their sizes are not rounded.
  private var regionPoolBytes: ByteCount {
    ByteCount(request.regions.filter(\.isPool).reduce(0) { $0 &+ $1.bytes.bytes })
  }

  /// CmaTotal is the request, after the kernel's own rounding, to the byte.
  private var total: Check {
    let rounding = PoolRounding(observations.identity)
    let defaultPool =
      request.cmaBytes == .zero ? .zero : rounding?.rounded(request.cmaBytes)
    let due = defaultPool.map { ByteCount($0.bytes &+ regionPoolBytes.bytes) }
    let seen = observations.memoryInfo?.cmaTotal
    let regions = regionPoolBytes == .zero ? "" : " and \(regionPoolBytes) in regions"
    let expected: String =
      switch (due, rounding) {
      case (nil, _): "\(request.cmaBytes), but the guest does not say how its kernel rounds"
      case (let due?, let rounding?) where defaultPool != request.cmaBytes:
        "\(due): \(request.cmaBytes) rounded up to \(ByteCount(rounding.alignment.bytes))\(regions)"
      case (let due?, _): regions.isEmpty ? "\(due)" : "\(due): \(request.cmaBytes)\(regions)"
      }
    let failure = observations.cmaMessages.failed.first
    // The kernel never rounds down, so less than was asked for is too little however it rounds.
    let holds = seen.flatMap { seen in
      seen.value.bytes < request.cmaBytes.bytes &+ regionPoolBytes.bytes
        ? false : due.map { seen.value == $0 }
    }
    return Check(
      id: "cma.total", verdict: holds.map { $0 ? .pass : .fail } ?? .inconclusive,
      expected: expected,
      observed: seen.map { "\($0.value)" } ?? "no CmaTotal in /proc/meminfo",
      source: [seen?.evidence, failure?.evidence, rounding?.evidence].compactMap(\.self))
  }

  /// A region became what it was to become, of its size and, where it has one, at its address.
  ///
  /// Nil for one that is neither a pool nor unmapped, and for a pool where the guest has no CMA
  /// debugfs: nothing else tells it from the RAM around it.
  private func region(_ region: RunRequest.Region) -> Check? {
    let what: String
    let seen: [Fact<PhysicalRange>]
    if region.isPool {
      guard let areas = observations.cmaAreas?.areas else { return nil }
      what = "a pool"
      seen = areas.filter { $0.value.isCalled(region.node) }.map {
        Fact($0.value.range, $0.evidence)
      }
    } else if region.isNoMap {
      what = "a carve-out"
      seen = carveOuts(for: region)
    } else {
      return nil
    }
    let place = region.base.map { " at \($0)" } ?? ""
    let found = seen.first { range in
      let isSized = region.isNoMap || range.value.size == region.bytes
      return isSized && (region.isNoMap || (region.base ?? range.value.start) == range.value.start)
    }
    return Check(
      "region.\(region.node)", found != nil, expected: "\(what) of \(region.bytes)\(place)",
      observed: (found ?? seen.first).map { "\($0.value.size) at \($0.value.start)" } ?? "none",
      seen.map(\.evidence))
  }

  /// The unmapped ranges that can be this region: the one that has its address, or, of a region
  /// without one, those that no other region has. Neighbours are one range to the kernel.
  private func carveOuts(for region: RunRequest.Region) -> [Fact<PhysicalRange>] {
    let taken = request.regions.filter { $0.isNoMap && $0.node != region.node }
      .compactMap(\.base)
    return (observations.ioMemory?.unmapped ?? []).filter { range in
      guard range.value.size >= region.bytes else { return false }
      return region.base.map(range.value.contains) ?? !taken.contains(where: range.value.contains)
    }
  }

  /// The kernel log and debugfs name the same first byte.
  private var base: Check {
    let logged = observations.cmaMessages.reserved.compactMap { pool in
      pool.value.base.map { Fact($0, pool.evidence) }
    }
    let sources = logged + [area.map { Fact($0.value.range.start, $0.evidence) }].compactMap(\.self)
    return agreement("cma.base", sources, one: "one base")
  }

  /// meminfo, debugfs and the kernel log name the same size, each in its own precision.
  ///
  /// meminfo and the log's `Memory:` line count all pools together, the log's `cma:` line has the
  /// whole MiB of the default one.
  private var size: Check {
    let areas = observations.cmaAreas?.areas ?? []
    let sum = areas.first.map { first in
      Fact(ByteCount(areas.reduce(0) { $0 &+ $1.value.range.size.bytes }), first.evidence)
    }
    let sources = [
      observations.memoryInfo?.cmaTotal, sum, observations.cmaMessages.reservedByMemoryLine,
    ]
    let exact = agreement("cma.size", sources.compactMap(\.self), one: "one size")
    let defaultPool = area?.value.range.size ?? observations.memoryInfo?.cmaTotal?.value
    guard let logged = observations.cmaMessages.reserved.first,
      logged.value.wholeMebibytes != defaultPool?.wholeMebibytes
    else { return exact }
    return Check(
      id: exact.id, verdict: .fail, expected: exact.expected,
      observed: "\(exact.observed), and the log says \(logged.value.wholeMebibytes) MiB",
      source: exact.source + [logged.evidence])
  }

  /// The pool, from whichever source has it, lies in one bank.
  private var bank: Check {
    guard let pool = poolRange else {
      return Check(
        id: "cma.bank", verdict: .inconclusive, expected: "inside one bank",
        observed: "the guest does not say where", source: [])
    }
    let home = request.banks.joiningAdjacent().first { $0.contains(pool.value) }
    return Check(
      "cma.bank", home != nil, expected: "inside one bank",
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
      "cma.reserved", cover != nil, expected: "\(pool.value) is reserved",
      observed: cover.map { "inside \($0.value)" } ?? "not inside any reserved range",
      cover.map { [$0.evidence] } ?? [])
  }

  private var poolRange: Fact<PhysicalRange>? {
    if let area { return Fact(area.value.range, area.evidence) }
    guard let base = observations.cmaMessages.reserved.first,
      let start = base.value.base,
      let size = observations.memoryInfo?.cmaTotal?.value,
      let range = PhysicalRange(start: start, size: size)
    else { return nil }
    return Fact(range, base.evidence)
  }

  private func agreement<Value: Hashable & CustomStringConvertible>(
    _ id: String, _ facts: [Fact<Value>], one: String
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
