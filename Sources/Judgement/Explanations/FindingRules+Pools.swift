// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities
import Records

// Pools that were refused, given up, bypassed, or lie where they should not.
extension FindingRules {
  // MARK: The default pool

  var defaultPoolRefused: [Finding] {
    view.pools.filter { $0.pool.name == nil && $0.pool.outcome == .refused }.map { refused in
      let size = refused.pool.size ?? .zero
      let reason = reasonWords
      let room = roomBelowLimit(for: size)
      let words =
        reason.isEmpty ? room.cause : "\(reason.map(\.1).joined(separator: "; ")). \(room.cause)"
      return Finding(
        id: "default-pool-refused",
        statement: "the default pool of \(size.asKernelWrites) was refused",
        cause: words, remedy: room.remedy(size, kind: refused.pool.kind, view),
        evidence: reason.map(\.0) + refused.sources + room.sources)
    }
  }

  /// Why the allocator refuses before it searches, in its own lines.
  private var reasonWords: [(Source, String)] {
    refusals { $0.kind == .words || $0.kind == .slots && $0.subject == nil }.map { refusal in
      let source = view.sources(refusal.lines)[0]
      let meaning = ComplaintMeaning(of: refusal.lines[0].text)?.meaning
      return (source, (meaning ?? "the kernel gives its reason").capitalizedFirst)
    }
  }

  /// What is known of the room for a pool below the limit of its search.
  private func roomBelowLimit(for size: ByteCount) -> Room {
    let limit = view.poolLimit
    guard let banks = view.banks else {
      return Room(
        cause: unknownRoom(for: size), largest: nil,
        sources: occupancy.takers.flatMap(\.sources))
    }
    let below = banks.compactMap { bank -> PhysicalRange? in
      guard bank.start.value < limit else { return nil }
      return PhysicalRange(
        start: bank.start, last: min(bank.last, PhysicalAddress(limit - 1)))
    }
    let largest = occupancy.largestHole(in: below, granule: view.granule, below: limit)
    let longest = below.max { $0.size < $1.size }
    let end = PhysicalAddress(limit).asBorder
    let takers = longest.map { occupancy.takers(in: $0) } ?? []
    var cause: String
    if let longest, longest.size < size {
      let total = ByteCount(below.reduce(0) { $0 + $1.size.bytes })
      let room =
        below.count == 1
        ? "there are \(total.asKernelWrites) of RAM (\(longest))"
        : "the longest run of RAM has \(longest.size.asKernelWrites) (\(longest))"
      cause = "Below \(end) \(room), so that \(size.asKernelWrites) in one run do not exist"
      if !takers.isEmpty { cause += "; \(named(takers)) lie in it as well" }
      cause += "."
    } else if let longest {
      let fitting = largest.map { "the largest run that is free has \($0.size.asKernelWrites)" }
      cause =
        "Below \(end) no run of \(size.asKernelWrites) is free in \(longest)"
        + (takers.isEmpty ? "" : ": \(named(takers)) lie in it")
        + (fitting.map { "; \($0)" } ?? "") + "."
    } else {
      cause = "There is no RAM below \(end), where the default pool is looked for."
    }
    return Room(
      cause: cause, largest: largest?.size,
      sources: view.bankSources + takers.flatMap(\.sources))
  }

  /// Where the log does not have the banks.
  private func unknownRoom(for size: ByteCount) -> String {
    let takers = occupancy.takers.filter { $0.range.start.value < 1 << 32 }
    let names = takers.isEmpty ? nil : named(takers)
    if view.boot.pageSize?.value == .sixtyFourKiB {
      return
        "With 64 KiB pages a pool is a multiple of 512 MiB and lies on one; "
        + (names.map { "\($0), the kernel and the firmware leave" }
          ?? "the kernel and the firmware leave") + " no such block below 4 GiB."
    }
    return
      "No run of \(size.asKernelWrites) is free where the pool is looked for; the log does not say "
      + "where RAM lies" + (names.map { ", only that \($0) are taken" } ?? "") + "."
  }

  private struct Room {
    let cause: String
    let largest: ByteCount?
    let sources: [Source]

    func remedy(
      _ size: ByteCount, kind: LoggedBoot.Pool.Kind, _ view: BoardView
    ) -> String {
      if view.boot.pageSize?.value == .sixtyFourKiB, largest == nil {
        return
          "Take a kernel with 4 KiB pages, give the crash kernel no memory below 4 GiB, or boot "
          + "with cma=0."
      }
      guard let largest else {
        return "Ask for less with cma=SIZE, or leave more RAM in one run below 4 GiB."
      }
      var words = "Ask for less: \(largest.asKernelWrites) fit (cma=\(largest.kernelArgument))"
      if view.banks?.contains(where: { $0.start.value >= view.poolLimit && $0.size >= size })
        == true
      {
        words += ", or give the pool a node of its own in the bank above the limit"
      }
      return words + "."
    }
  }

  // MARK: Nodes

  var nodesRefused: [Finding] {
    view.pools.filter { $0.pool.kind == .deviceTree && $0.pool.outcome == .refused }.map { pool in
      let name = pool.pool.name ?? "?"
      let why = whyRefused(pool)
      let instead = substitute(for: pool.pool.name).map { ", and \($0)" } ?? ""
      let size = pool.pool.size.map { " of \($0.asKernelWrites)" } ?? ""
      return Finding(
        id: "node-refused",
        statement: "the device tree's pool '\(name)'\(size) was refused\(instead)",
        cause: why.cause, remedy: why.remedy, evidence: pool.sources + why.sources)
    }
  }

  private func whyRefused(
    _ pool: BoardView.ViewedPool
  ) -> (cause: String, remedy: String, sources: [Source]) {
    let name = pool.pool.name ?? "?"
    let instead = substitute(for: pool.pool.name)
    let after = instead.map { " \($0.capitalizedFirst)." } ?? ""
    if pool.sources.contains(where: { $0.text.contains("incorrect alignment") }) {
      let unit = ByteCount(view.granule).asKernelWrites
      let pages = view.boot.pageSize.map { " with \($0.value.size) pages" } ?? ""
      return (
        "Base or size of '\(name)' is not a multiple of \(unit), which this kernel needs\(pages); "
          + "a node's size is not rounded as cma= is.\(after)",
        "Make base and size of '\(name)' multiples of \(unit).", []
      )
    }
    if pool.sources.contains(where: { $0.text.contains("unable to setup") }) {
      return (
        "The allocator did not take '\(name)': no slot for another pool is left, or its range is "
          + "not reserved.\(after)",
        "Raise CONFIG_CMA_AREAS, or ask for fewer pools.", []
      )
    }
    let ram = view.banks.map { ByteCount($0.reduce(0) { $0 + $1.size.bytes }) }
    if let size = pool.pool.size, let ram, let banks = view.banks,
      banks.allSatisfy({ $0.size < size })
    {
      let fitting = instead.map { _ in
        " (\(view.defaultPool?.pool.size?.asKernelWrites ?? "less") serve here)"
      }
      return (
        "The tree's pool '\(name)' of \(size.asKernelWrites) cannot fit in \(ram.asKernelWrites) of "
          + "RAM\(banks.count > 1 ? " in \(banks.count) banks" : "").\(after)",
        "Make the size of '\(name)' what the board can give\(fitting ?? ""), or take the node away "
          + "and ask with cma=.", view.bankSources
      )
    }
    let within = view.node(pool.pool.name)?.allocationRanges
    let place = within.map { " in its alloc-ranges (\($0.map(\.description).enumerated))" } ?? ""
    let taken = (within ?? view.banks ?? []).flatMap { occupancy.takers(in: $0) }
    return (
      "No run of \(pool.pool.size?.asKernelWrites ?? "that size") is free for '\(name)'\(place)"
        + (taken.isEmpty ? "" : ": \(named(taken)) lie there") + ".\(after)",
      within == nil
        ? "Lower the size of '\(name)', or move what lies in the way."
        : "Widen alloc-ranges of '\(name)', lower its size, or move what lies in the way.",
      taken.flatMap(\.sources)
    )
  }

  // MARK: Zones

  var notActivated: [Finding] {
    view.pools.filter { $0.pool.outcome == .notActivated }.map { pool in
      let statement = "the \(pool.title) was reserved and then given up"
      guard let range = pool.pool.range, let border = border(in: range) else {
        return Finding(
          id: "not-activated", statement: statement,
          cause: "An area that lies in two zones is not activated; none of its pages can be had.",
          remedy: "Ask for a pool that fits in one zone, or give its place: cma=SIZE@ADDRESS.",
          evidence: pool.sources)
      }
      return Finding(
        id: "not-activated", statement: statement,
        cause: "The pool \(range) lies on both sides of \(border.address), where zone "
          + "\(border.zone) ends, and an area in two zones is not activated, though the Memory line "
          + "counts it.",
        remedy: remedy(for: pool, range, border.address),
        evidence: pool.sources + border.sources)
    }
  }

  private func border(
    in range: PhysicalRange
  ) -> (address: PhysicalAddress, zone: String, sources: [Source])? {
    for zone in view.boot.zones {
      guard let zoneRange = zone.value.range, range.contains(zoneRange.last),
        zoneRange.last < range.last
      else { continue }
      return (
        PhysicalAddress(zoneRange.last.value + 1), zone.value.name, view.sources(zone.lines)
      )
    }
    return nil
  }

  private func remedy(
    for pool: BoardView.ViewedPool, _ range: PhysicalRange, _ border: PhysicalAddress
  ) -> String {
    let size = range.size
    let above = view.banks?.first { $0.contains(border) }
    let fitsAbove =
      above.map { $0.last.value - border.value + 1 >= size.bytes } == true
      && !occupancy.takers.contains {
        PhysicalRange(start: border, size: size).map($0.range.overlaps) ?? false
      }
    let lower = ByteCount(
      (range.last.value - border.value + 1) / view.granule * view.granule)
    guard pool.pool.name == nil else {
      return "Bound it with alloc-ranges on one side of \(border)."
    }
    let place = fitsAbove ? ", or give the place: cma=\(size.kernelArgument)@\(border)" : ""
    return "Ask for what fits in one zone (cma=\(lower.kernelArgument))\(place)."
  }

  // MARK: Bypassed

  var bypassed: [Finding] {
    view.pools.filter { $0.pool.outcome == .bypassed }.map { pool in
      let value = view.boot.commandLine?.value.poolArgument
      let argument = value.map { "cma=\($0)" } ?? "cma="
      let name = pool.pool.name.map { "'\($0)'" } ?? "with linux,cma-default"
      let instead = substitute(for: pool.pool.name).map { ", and \($0)" } ?? ""
      return Finding(
        id: "bypassed", statement: "the device tree's pool \(name) was bypassed\(instead)",
        cause: "\(argument) on the command line takes precedence over linux,cma-default, so that "
          + "the node \(name) was bypassed\(instead).",
        remedy: "Take cma= off the command line, or ask there for the size that is wanted.",
        evidence: pool.sources + view.sources(view.boot.commandLine?.lines ?? []))
    }
  }

  // MARK: Places

  /// A default pool that 32-bit devices do not reach.
  var highPools: [Finding] {
    guard view.boot.architecture?.value == .arm64, let pool = view.defaultPool,
      pool.pool.outcome == .reserved, let range = pool.pool.range, range.last.value >= 1 << 32,
      view.banks?.contains(where: { $0.start.value < 1 << 32 }) == true
    else { return [] }
    return [
      Finding(
        id: "pool-above-4g", statement: "the \(pool.title) lies above 4 GiB",
        cause:
          "\(pool.title.capitalizedFirst) (\(range)) lies above 4 GiB, out of reach of devices "
          + "with 32 address bits; they get nothing of it.",
        remedy: pool.pool.name == nil
          ? "Give the end of the search: cma=SIZE@0-4G."
          : "Give the node alloc-ranges below 4 GiB.",
        evidence: pool.sources)
    ]
  }
}

extension PhysicalAddress {
  /// `4 GiB` for a limit that is one.
  fileprivate var asBorder: String {
    value >= 1 << 30 && value & ((1 << 30) - 1) == 0 ? "\(value >> 30) GiB" : description
  }
}
