// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
package import Records

/// What was suggested, as text for a terminal.
package struct SuggestionText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let suggestion: Suggestion
  private let style: AddressMap.Style

  package init(_ suggestion: Suggestion, style: AddressMap.Style) {
    self.suggestion = suggestion
    self.style = style
  }

  /// What is, what was tried, the remedy with all that there is to paste.
  package var document: String {
    let parts = [head, tried, remedy, regions, verification]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var head: String {
    let title = "\(suggestion.board), layout \(suggestion.layout), kernel \(suggestion.kernel)"
    var lines = [style.strong(title)]
    switch suggestion.outcome {
    case .fits where suggestion.cma.bytes == .zero:
      lines.append("  no default pool is asked for")
    case .fits:
      lines.append("  \(suggestion.cma) fits\(suggestion.pool.map { ", at \($0)" } ?? "")")
      lines += suggestion.standing.map { "  mind: \($0)" }
      if let boot = suggestion.boot { lines.append("  shown by  \(boot)") }
    case .remedy, .none:
      let what = suggestion.pool == nil ? "does not fit" : "fits, but is not safe"
      lines.append("  \(suggestion.cma) \(what)")
      lines += suggestion.standing.map { "    \($0)" }
      let place = suggestion.cma.limit == nil ? nil : suggestion.cma.window
      lines.append(
        "  the largest that is safe \(place.map { "in \($0)" } ?? "here"): "
          + size(suggestion.largestBytes))
    }
    lines += suggestion.assumptions.map { "  assumed: \($0)" }
    return joined(lines)
  }

  private var tried: String {
    guard !suggestion.tried.isEmpty else { return "" }
    let lines = suggestion.tried.map {
      let name = name(of: $0.kind)
      return "  \(name)" + String(repeating: " ", count: max(1, 17 - name.count)) + $0.finding
    }
    return joined(["what does not help"] + lines)
  }

  private var remedy: String {
    guard let remedy = suggestion.remedy else {
      guard suggestion.outcome == .none else { return "" }
      let others = (suggestion.regions ?? []).flatMap(\.remedies).isEmpty ? "" : " but what follows"
      return "nothing\(others) makes it fit: the largest pool of all that was tried is "
        + "\(size(suggestion.largestOfTriedBytes))\n"
    }
    var lines = [
      style.strong("change (\(name(of: remedy.kind))): \(remedy.summary)"),
      "  the pool is then at \(remedy.pool), \(size(remedy.pool.size))",
    ]
    lines += remedy.caveats.map { "  mind: \($0)" }
    if let words = remedy.commandLine { lines += ["", "  kernel command line:", "    \(words)"] }
    if let words = remedy.bootLoader { lines += ["", "  U-Boot:"] + bootLoader(words) }
    if let source = remedy.deviceTree {
      lines += ["", "  device tree:"]
      lines += source.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map { $0.isEmpty ? "" : "    \($0)" }
    }
    if let boot = suggestion.boot { lines += ["", "  shown by:", "    \(boot)"] }
    return joined(lines)
  }

  /// U-Boot moves both files when it starts a kernel, unless it is told not to.
  private func bootLoader(_ words: String) -> [String] {
    let ways = words.split(separator: "\n").map(String.init)
    guard let last = ways.last, ways.count > 1 else { return ways.map { "    \($0)" } }
    let moving = ways.dropLast().enumerated().map { index, way in
      index == 0 ? "    \(way)" : "    or, both at once: \(way)"
    }
    return moving + ["    where fdt_high and initrd_high are all ones: \(last)"]
  }

  /// Each region that does not become what it asks for.
  private var regions: String {
    (suggestion.regions ?? []).map(text(of:)).joined(separator: "\n")
  }

  private func text(of region: RegionAdvice) -> String {
    var lines = [style.strong("region '\(region.node)'")]
    lines += region.problems.map { "  \($0)" }
    if region.remedies.isEmpty { lines.append("  no change was found: see 'cmalab lint'") }
    for remedy in region.remedies {
      lines.append("  change (\(remedy.kind.rawValue)): \(remedy.summary)")
      lines.append("    the region is then at \(remedy.region), \(remedy.region.size)")
      lines += remedy.caveats.map { "    mind: \($0)" }
      lines += remedy.deviceTree.split(separator: "\n").map {
        "      " + $0.replacing("\t", with: "  ")
      }
      if let boot = remedy.boot { lines.append("    shown by  \(boot)") }
    }
    return joined(lines.map(\.printable))
  }

  private var verification: String {
    guard let verification = suggestion.verification else { return "" }
    return joined([
      "\(style.strong(verification.verdict.rawValue.uppercased()))  \(verification.reason.printable)",
      "  the run is kept in \(verification.folder)",
    ])
  }

  private func name(of kind: Remedy.Kind) -> String {
    switch kind {
    case .placement: "placement"
    case .alignment: "alignment"
    case .window: "cma=@START-END"
    case .node: "reserved-memory"
    case .split: "other banks"
    case .inventedSplit: "invented RAM"
    }
  }

  private func size(_ bytes: ByteCount) -> String { "\(bytes.wholeMebibytes) MiB" }

  private func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
