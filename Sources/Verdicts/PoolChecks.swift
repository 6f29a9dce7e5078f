// SPDX-License-Identifier: Apache-2.0
import Observations
import Quantities

/// Whether the pool is there, as large as it should be, and where every source says it is.
struct PoolChecks {
  let request: RunRequest
  let observations: Observations

  var all: [Check] {
    guard request.cmaBytes > .zero, poolExists else { return [total] }
    return [total, base, size, bank, accounted].compactMap(\.self)
  }

  private var poolExists: Bool {
    (observations.memoryInfo?.cmaTotal?.value ?? .zero) > .zero
  }

  private var area: Fact<CMAArea>? {
    observations.cmaAreas?.areas.first { $0.value.name == CMAArea.defaultName }
  }

  /// CmaTotal is the request, after the kernel's own rounding, to the byte.
  private var total: Check {
    let rounding = PoolRounding(observations.identity)
    let due = request.cmaBytes == .zero ? .zero : rounding?.rounded(request.cmaBytes)
    let seen = observations.memoryInfo?.cmaTotal
    let expected: String =
      switch (due, rounding) {
      case (nil, _): "\(request.cmaBytes), but the guest does not say how its kernel rounds"
      case (let due?, let rounding?) where due != request.cmaBytes:
        "\(due): \(request.cmaBytes) rounded up to \(ByteCount(rounding.alignment.bytes))"
      case (let due?, _): "\(due)"
      }
    let failure = observations.cmaMessages.failed.first
    // The kernel never rounds down, so less than was asked for is too little however it rounds.
    let holds = seen.flatMap { seen in
      seen.value < request.cmaBytes ? false : due.map { seen.value == $0 }
    }
    return Check(
      id: "cma.total", verdict: holds.map { $0 ? .pass : .fail } ?? .inconclusive,
      expected: expected,
      observed: seen.map { "\($0.value)" } ?? "no CmaTotal in /proc/meminfo",
      source: [seen?.evidence, failure?.evidence, rounding?.evidence].compactMap(\.self))
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
  private var size: Check {
    let total = observations.memoryInfo?.cmaTotal
    let sources = [total, area.map { Fact($0.value.range.size, $0.evidence) }].compactMap(\.self)
    let logged = observations.cmaMessages.reserved.first
    let memoryLine = observations.cmaMessages.reservedByMemoryLine
    let exact = agreement("cma.size", sources + [memoryLine].compactMap(\.self), one: "one size")
    guard let logged, logged.value.wholeMebibytes != total?.value.wholeMebibytes else {
      return exact
    }
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
