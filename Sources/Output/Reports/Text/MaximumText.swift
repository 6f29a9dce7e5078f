// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
package import Records

/// The largest pools, a paragraph a layout.
package struct MaximumText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let layouts: [MaximumPool]

  package init(_ layouts: [MaximumPool], style: AddressMap.Style) {
    self.layouts = layouts
  }

  package var document: String { layouts.map(text(of:)).joined(separator: "\n") }

  private func text(of layout: MaximumPool) -> String {
    let fits = layout.fits.predicted
    var lines = [
      "\(layout.board), layout \(layout.layout), kernel \(layout.kernel)"
    ]
    if let unknown = fits.unknown { lines.append("  cannot be predicted: \(unknown)") }
    lines.append("  fits  \(words(of: layout.fits))")
    if let fatality = fits.fatality { lines.append("        the guest dies: \(fatality.rawValue)") }
    lines += fits.hazards.map { "        hazard: \($0.rawValue)" }
    if let refusal = layout.refusal { lines.append("        \(layout.unit) more: '\(refusal)'") }
    if let blocker = fits.blocker { lines.append("        bounded by: \(blocker)") }
    lines.append("  safe  \(words(of: layout.safe))")
    lines += layout.needs.map { "        for \($0.what): \($0.bytes.bytes >> 10) KiB" }
    lines += fits.assumptions.map { "  assumed: \($0)" }
    return lines.map { "\($0.printable)\n" }.joined()
  }

  private func words(of size: MaximumPool.Size) -> String {
    guard size.bytes > .zero else { return "none" }
    let place = size.base.map { "\($0)" } ?? "?"
    let left = size.predicted.freeBytes.wholeMebibytes
    return "\(size.bytes.wholeMebibytes) MiB at \(place), which leaves \(left) MiB"
  }
}
