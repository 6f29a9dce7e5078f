// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import MemoryRequests
import Observations
import Quantities
import Records

/// Why a check of a pool failed, in the kernel's words and with their meaning.
struct FailureReason {
  let request: RunRequest
  let observations: Observations
  let regions: [RegionOutcome]

  func text(of check: Check) -> String {
    let plain = "\(check.id): expected \(check.expected), observed \(check.observed)"
    if check.id == "cma.total", let refusal = observations.cmaMessages.failed.first {
      return "the pool could not be reserved: the kernel said "
        + "'\(refusal.evidence.text.kernelMessage)'\(cause)"
    }
    let isOfPool = ["cma.total", "cma.size", "cma.winner"].contains(check.id)
    let own = regions.first { check.id == "region.\($0.node)" }
    let lost = regions.first { $0.kind == .refused }
    guard let outcome = own ?? (isOfPool ? lost : nil), let why = Self.why(outcome) else {
      return plain
    }
    return isOfPool ? "\(plain); '\(outcome.node)' \(why)" : "\(plain): \(why)"
  }

  /// `the kernel said '…': what it means; what to do`.
  private static func why(_ outcome: RegionOutcome) -> String? {
    // What explains comes before what only follows from it.
    let words = outcome.words.filter { $0.id != "driver-refused" }.first ?? outcome.words.first
    if let words {
      let fault = outcome.fault.map { " (\($0))" } ?? ""
      return "the kernel said '\(words.source.text.kernelMessage)': \(words.meaning)\(fault); "
        + words.remedy
    }
    return outcome.fault.map { "the kernel dropped the node without a word: \($0)" }
  }

  /// What comes with `Failed to reserve`: the message before it, or who is in the way.
  private var cause: String {
    let ids: Set<KernelComplaint.ID> = [.limit, .baseAlignment, .memoryBoundary, .poolSlots]
    if let complaint = observations.cmaMessages.complaints.last(where: { ids.contains($0.kind.id) })
    {
      return " after '\(complaint.evidence.text.kernelMessage)': \(complaint.kind.meaning); "
        + complaint.kind.remedy
    }
    guard let pool = request.commandLinePool, let window = pool.window else { return "" }
    let intruders = intruders(in: window)
    let names = intruders.isEmpty ? "" : " by " + intruders.joined(separator: ", ")
    return pool.fixedBase == nil
      ? ": no hole in \(window) is that large; it is taken\(names)" : ": \(window) is taken\(names)"
  }

  private func intruders(in range: PhysicalRange) -> [String] {
    let placed: [(String, PhysicalRange?)] =
      [
        ("the kernel", request.placement?.kernel),
        ("the initramfs", request.placement?.initramfs),
        ("the device tree", request.placement?.deviceTree),
      ]
      + request.regions.map { region in
        ("'\(region.node)'", region.base.flatMap { PhysicalRange(start: $0, size: region.bytes) })
      } + request.memoryReservations.map { ("/memreserve/", $0) }
    let named = placed.compactMap { name, place in
      place.flatMap { $0.overlaps(range) ? "\(name) (\($0))" : nil }
    }
    guard named.isEmpty else { return named }
    return (observations.memblockReserved?.ranges ?? []).map(\.value)
      .filter { $0.overlaps(range) }.map(\.description)
  }
}
