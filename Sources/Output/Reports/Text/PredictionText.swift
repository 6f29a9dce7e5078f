// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
package import Records

/// What is predicted of a guest, as text for a terminal.
package struct PredictionText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let guest: PredictedGuest
  private let style: AddressMap.Style
  private var predicted: PredictedRecord { guest.predicted }

  package init(_ guest: PredictedGuest, style: AddressMap.Style) {
    self.guest = guest
    self.style = style
  }

  /// The map, the pools, what takes RAM, what is free, what is assumed.
  package var document: String {
    let parts = [
      AddressMap(guest).text(in: style), pools,
      list("reservations, in their order", predicted.reservations.map { line($0.range, $0.owner) }),
      list("free, holes below 64 KiB left out", predicted.holes.compactMap(hole)),
      list("the kernel will say", predicted.messages.map { "  \($0)" }),
      list("assumed", predicted.assumptions.map { "  \($0)" }),
      list("remarks", (predicted.remarks ?? []).map { "  \($0)" }),
    ]
    let verdict = guest.cause.map { ["\(style.strong("FAIL"))  \($0.line.printable)\n"] } ?? []
    return (parts + verdict).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\(title):\n" + lines.map { $0 + "\n" }.joined()
  }

  private func hole(_ range: PhysicalRange) -> String? {
    guard range.size >= .kibibytes(64) else { return nil }
    let kibibytes = range.size.bytes >> 10
    return line(
      range, "", size: kibibytes < 1 << 14 ? "\(kibibytes) KiB" : "\(kibibytes >> 10) MiB")
  }

  private func line(_ range: PhysicalRange, _ words: String, size: String? = nil) -> String {
    let place = range.description
    let size = size ?? range.size.description
    let columns = [
      place + String(repeating: " ", count: max(0, 26 - place.count)),
      String(repeating: " ", count: max(0, 13 - size.count)) + size,
    ]
    return "  " + columns.joined(separator: " ") + (words.isEmpty ? "" : "  \(words)")
  }

  private var pools: String {
    var lines = predicted.pools.compactMap { pool -> String? in
      guard let range = PhysicalRange(start: pool.base, size: pool.bytes) else { return nil }
      let role = pool.isDefault ? ", the default pool" : ""
      let state = pool.isActive ? "" : ", given up: it is in two zones"
      return line(range, "pool '\(pool.name)'\(role)\(state)")
    }
    if let refusal = predicted.refusal { lines.append("  default pool refused: \(refusal)") }
    lines.append("  \(predicted.reason)")
    if let limit = predicted.limit {
      lines.append(
        "  looked for below \(limit), in multiples of \(predicted.alignment)")
    }
    lines += predicted.regions.map { region in
      let what = region.reason.map { "refused: \($0)" } ?? region.words
      return region.range.map { line($0, "\(region.node): \(what)") } ?? "  \(region.node): \(what)"
    }
    if let crashKernel = predicted.crashKernel {
      lines += crashKernel.ranges.map { line($0, "crash kernel") }
      if let refusal = crashKernel.refusal { lines.append("  crash kernel refused: \(refusal)") }
    }
    lines.append("  \(size(predicted.freeBytes)) of RAM left for everything else")
    if let fatality = predicted.fatality { lines.append("  the guest dies: \(fatality.rawValue)") }
    lines += predicted.hazards.flatMap { hazard in
      let exposed = (predicted.exposures ?? []).filter { $0.hazard == hazard }
      guard !exposed.isEmpty else { return ["  hazard: \(hazard.rawValue)"] }
      return exposed.map { "  hazard: \(hazard.rawValue): \($0.words)" }
    }
    guard let unknown = predicted.unknown else {
      return list("pools, by the rules of Linux \(predicted.line)", lines)
    }
    return "cannot be predicted: \(unknown)\n\n"
      + list(
        "what the rules of Linux \(predicted.line) would give, which is not a prediction", lines)
  }

  private func size(_ bytes: ByteCount) -> String {
    bytes.bytes < 1 << 20 ? "\(bytes)" : "\(bytes.wholeMebibytes) MiB"
  }
}
