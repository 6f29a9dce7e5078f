// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities
import Records

// Pools that were refused, given up, bypassed, or lie where they should not.
extension FindingRules {
  // MARK: Nodes

  var nodesRefused: [Finding] {
    view.pools.filter { $0.pool.kind == .deviceTree && $0.pool.outcome == .refused }.map { pool in
      let name = pool.pool.name ?? "?"
      let why = whyRefused(pool)
      let instead = substitute(for: pool.pool.name).map { ", and \($0)" } ?? ""
      let size = pool.pool.size.map { " of \($0.asKernelWrites)" } ?? ""
      return Finding(
        id: .nodeRefused,
        statement: "the device tree's pool '\(name)'\(size) was refused\(instead)",
        cause: why.cause, remedy: why.remedy, evidence: pool.sources + why.sources)
    }
  }

  /// Whether a node is the one whose pool devices without their own use.
  func isDefaultNode(_ name: String) -> Bool {
    view.node(name)?.isDefault ?? ["linux,cma", "cma"].contains(name)
  }

  /// Where the kernel's own default pool stepped in for a node, and was refused too.
  private var refusedInstead: String {
    let refused = view.pools.first { $0.pool.name == nil && $0.pool.outcome == .refused }
    guard let refused, refused.pool.kind != .commandLine else { return "" }
    let size = refused.pool.size.map { " of \($0.asKernelWrites)" } ?? ""
    return
      " The default pool\(size) of the kernel's configuration steps in for it, and was refused "
      + "as well."
  }

  private func whyRefused(
    _ pool: BoardView.ViewedPool
  ) -> (cause: String, remedy: String, sources: [Source]) {
    let name = pool.pool.name ?? "?"
    let instead = substitute(for: pool.pool.name)
    let after =
      instead.map { " \($0.capitalizedFirst)." } ?? (isDefaultNode(name) ? refusedInstead : "")
    if pool.pool.refusal == .misaligned {
      let unit = ByteCount(view.granule).asKernelWrites
      let pages = view.boot.pageSize.map { " with \($0.value.size) pages" } ?? ""
      return (
        "Base or size of '\(name)' is not a multiple of \(unit), which this kernel needs\(pages); "
          + "a node's size is not rounded as cma= is.\(after)",
        "Make base and size of '\(name)' multiples of \(unit).", []
      )
    }
    if pool.pool.refusal == .setUp {
      let complaints = complaints(before: pool)
      let words =
        complaints.first.map { ": \($0.meaning)." }
        ?? ": no slot for another pool is left, or its range is not reserved."
      return (
        "The allocator did not take '\(name)'\(words)\(after)",
        (complaints.first?.remedy ?? "raise CONFIG_CMA_AREAS, or ask for fewer pools")
          .capitalizedFirst + ".",
        complaints.map(\.source)
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
    return whyWithoutHole(pool, after: after)
  }

  /// Of a node that the kernel looked for a place for, in RAM that has room for it but for what is there.
  private func whyWithoutHole(
    _ pool: BoardView.ViewedPool, after: String
  ) -> (cause: String, remedy: String, sources: [Source]) {
    let name = pool.pool.name ?? "?"
    let within = view.node(pool.pool.name)?.allocationRanges
    let ranges = within.map { $0.map(\.description).enumerated } ?? ""
    if let within, let banks = view.banks, !within.isEmpty,
      !within.contains(where: { range in banks.contains { $0.overlaps(range) } })
    {
      let fitting = room?.pool.map { ", or ask with cma=\($0.kernelArgument), which fits" } ?? ""
      return (
        "There is no RAM in the alloc-ranges of '\(name)' (\(ranges)): RAM is "
          + "\(banks.map(\.description).enumerated).\(after)",
        "Put alloc-ranges of '\(name)' where there is RAM, with a size that fits there\(fitting); "
          + "or, if the board has RAM there, have its boot loader tell the kernel of it.",
        view.bankSources
          + [
            Source(
              file: view.tree?.file ?? "", line: nil,
              text: "/reserved-memory/\(name): alloc-ranges \(ranges)")
          ]
      )
    }
    let taken = (within ?? view.banks ?? []).flatMap { occupancy.takers(in: $0) }
    let most = room?.node.flatMap { $0.name == name ? $0.size.asKernelWrites : nil }
    let smaller = most.map { "to \($0)" }
    return (
      "No hole of \(pool.pool.size?.asKernelWrites ?? "that size") is free for '\(name)'"
        + (within == nil ? "" : " in its alloc-ranges (\(ranges))")
        + (taken.isEmpty ? "" : ": \(named(taken)) \(taken.count == 1 ? "lies" : "lie") there")
        + (most.map { "; \($0) are the most that fit" } ?? "") + ".\(after)",
      within == nil
        ? ["Lower the size of '\(name)'", smaller].compactMap(\.self).joined(separator: " ")
          + ", or move what is in the way."
        : ["Widen alloc-ranges of '\(name)', lower its size", smaller].compactMap(\.self)
          .joined(separator: " ") + ", or move what is in the way.",
      taken.flatMap(\.evidence)
    )
  }

  // MARK: Zones

  var notActivated: [Finding] {
    view.pools.filter { $0.pool.outcome == .notActivated }.map { pool in
      let statement = "the \(pool.title) was reserved and then given up"
      guard let range = pool.pool.range, let border = border(in: range) else {
        return Finding(
          id: .notActivated, statement: statement,
          cause: "An area that is in two zones is not activated; none of its pages can be had.",
          remedy: "Ask for a pool that fits in one zone, or give its place: cma=SIZE@ADDRESS.",
          evidence: pool.sources)
      }
      return Finding(
        id: .notActivated, statement: statement,
        cause: "The pool \(range) is on both sides of \(border.address), where zone "
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
    // cma=0 is told as what it is.
    guard !turnsPoolsOff else { return [] }
    return view.pools.filter { $0.pool.outcome == .bypassed }.map { pool in
      let value = view.boot.commandLine?.value.poolArgument
      let argument = value.map { "cma=\($0)" } ?? "cma="
      let name = pool.pool.name.map { "'\($0)'" } ?? "with linux,cma-default"
      let instead = substitute(for: pool.pool.name).map { ", and \($0)" } ?? ""
      return Finding(
        id: .bypassed, statement: "the device tree's pool \(name) was bypassed\(instead)",
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
        id: .poolAboveFourGigabytes, statement: "the \(pool.title) is above 4 GiB",
        cause:
          "\(pool.title.capitalizedFirst) (\(range)) is above 4 GiB, out of reach of devices "
          + "with 32 address bits; they get nothing of it.",
        remedy: pool.pool.name == nil
          ? "Give the end of the search: cma=SIZE@0-4G."
          : "Give the node alloc-ranges below 4 GiB.",
        evidence: pool.sources)
    ]
  }
}
