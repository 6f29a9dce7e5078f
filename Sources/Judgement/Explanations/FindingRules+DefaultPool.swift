// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

// The pool of devices without one of their own, refused.
extension FindingRules {
  var defaultPoolRefused: [Finding] {
    view.pools.filter { $0.pool.name == nil && $0.pool.outcome == .refused }.map { refused in
      let size = refused.pool.size ?? .zero
      let statement = "the default pool of \(size.asKernelWrites) was refused"
      let reasons = complaints(before: refused)
      guard reasons.isEmpty else {
        // The kernel did not even look for room.
        return Finding(
          id: .defaultPoolRefused, statement: statement,
          cause: reasons.map { $0.meaning.capitalizedFirst + "." }.joined(separator: " "),
          remedy: reasons[0].remedy.capitalizedFirst + ".",
          evidence: reasons.map(\.source) + refused.sources
            + view.sources(view.boot.commandLine?.lines ?? []))
      }
      let room = placeAsked(of: refused) ?? roomBelowLimit(for: size)
      return Finding(
        id: .defaultPoolRefused, statement: statement, cause: room.cause,
        remedy: room.remedy(size, view), evidence: refused.sources + room.sources)
    }
  }

  /// What the kernel says against a pool right before it refuses it.
  func complaints(before refused: BoardView.ViewedPool) -> [Complaint] {
    guard let line = refused.sources.compactMap(\.line).min() else { return [] }
    let others = view.pools.flatMap(\.sources).compactMap(\.line).filter { $0 < line }
    let start = others.max() ?? 0
    return refusals { $0.kind == .words || $0.kind == .slots }.compactMap { refusal in
      let source = view.sources(refusal.lines)[0]
      guard let number = source.line, start < number, number < line,
        let meaning = ComplaintMeaning(of: refusal.lines[0].text)
      else { return nil }
      return Complaint(source: source, meaning: meaning.meaning, remedy: meaning.remedy)
    }
  }

  struct Complaint {
    let source: Source
    let meaning: String
    let remedy: String
  }

  /// Of `cma=SIZE@ADDRESS`: nil where it names no place.
  private func placeAsked(of refused: BoardView.ViewedPool) -> Room? {
    guard refused.pool.kind == .commandLine,
      let commandLine = view.boot.commandLine, let value = commandLine.value.poolArgument,
      let sign = value.firstIndex(of: "@"), !value.contains("-"),
      let base = try? PhysicalAddress(parsing: value[value.index(after: sign)...]),
      let range = PhysicalRange(start: base, size: refused.pool.size ?? ByteCount(1))
    else { return nil }
    let takers = occupancy.takers(in: range)
    return Room(
      cause: "cma=\(value) names the place \(range), and some of it is taken"
        + (takers.isEmpty ? "." : ": \(named(takers)) \(takers.verb) in it."),
      largest: nil, advice: "Name no place, or a free one.",
      sources: view.sources(commandLine.lines) + takers.flatMap(\.evidence))
  }

  /// What is known of the room for a pool below the limit of its search.
  private func roomBelowLimit(for size: ByteCount) -> Room {
    let limit = view.poolLimit
    guard let banks = view.banks else {
      return Room(
        cause: unknownRoom(for: size), largest: nil,
        sources: occupancy.takers.flatMap(\.evidence))
    }
    let below = banks.compactMap { bank -> PhysicalRange? in
      guard bank.start.value < limit else { return nil }
      return PhysicalRange(
        start: bank.start, last: min(bank.last, PhysicalAddress(limit - 1)))
    }
    let hole = occupancy.largestHole(in: below, granule: view.granule, below: limit)
    let seam = occupancy.unexplainedSeam(view)
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
      if !takers.isEmpty { cause += "; \(named(takers)) \(takers.verb) in it as well" }
      cause += "."
    } else if let longest {
      let isHidden = hole.map { $0.size >= size } ?? false
      let fitting = hole.map { "the largest run that is free has \($0.size.asKernelWrites)" }
      cause =
        "Below \(end) no run of \(size.asKernelWrites) is free in \(longest)"
        + (takers.isEmpty ? "" : ": \(named(takers)) \(takers.verb) in it")
      if isHidden, let most = room?.pool {
        cause +=
          "; the kernel and its device tree, of whose places the log has no word, are in it as "
          + "well: \(most.asKernelWrites) are the most that fit beside them."
      } else if isHidden {
        cause +=
          "; something is in the way that the log does not show (most often the ramdisk or the "
          + "device tree, of which the boot loader's lines tell)."
      } else if let seam {
        cause +=
          "; RAM is split at \(seam) as well, where a region that is not mapped begins or ends, and "
          + "the log does not name it."
      } else {
        cause += (fitting.map { "; \($0)" } ?? "") + "."
      }
      if isHidden, room?.pool == nil {
        return Room(
          cause: cause, largest: nil,
          advice:
            "Capture the serial console from the boot loader on, which names what is in the "
            + "way, and move that; or ask for less.",
          sources: view.bankSources + takers.flatMap(\.evidence))
      }
    } else {
      cause = "There is no RAM below \(end), where the default pool is looked for."
    }
    return Room(
      cause: cause, largest: room?.pool ?? (seam == nil ? hole?.size : nil),
      sources: view.bankSources + takers.flatMap(\.evidence))
  }

  /// Where the log does not have the banks.
  private func unknownRoom(for size: ByteCount) -> String {
    let takers = occupancy.takers.filter { $0.range.start.value < 1 << 32 }
    let names = takers.isEmpty ? nil : named(takers)
    if view.boot.pageSize?.value == .sixtyFourKiB {
      return
        "With 64 KiB pages a pool is a multiple of 512 MiB and is on one; "
        + (names.map { "\($0), the kernel and the firmware leave" }
          ?? "the kernel and the firmware leave") + " no such block below 4 GiB."
    }
    return
      "No hole of \(size.asKernelWrites) is free on a multiple of what CMA needs where the pool is "
      + "looked for; the log does not say where RAM is"
      + (names.map { ", only that \($0) \(takers.count == 1 ? "is" : "are") taken" } ?? "") + "."
  }

  private struct Room {
    let cause: String
    let largest: ByteCount?
    /// A remedy of its own.
    var advice: String?
    let sources: [Source]

    func remedy(_ size: ByteCount, _ view: BoardView) -> String {
      if let advice { return advice }
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
}

extension [Occupancy.Taker] {
  fileprivate var verb: String { count == 1 ? "is" : "are" }
}
