// SPDX-License-Identifier: Apache-2.0

package import Records

extension MergeSummary {
  /// More than these are in `merge.json`.
  private static let mostListed = 20

  /// What a person has to know of it, a line each; empty where everything is as it should be.
  package var lines: [String] {
    var lines: [String] = []
    for kind in MissingReason.Kind.allCases {
      let cells = missing.filter { $0.reason.kind == kind }
      guard !cells.isEmpty else { continue }
      lines.append("\(cells.count) cells were not run: \(kind.rawValue)")
      let groups = Dictionary(grouping: cells) {
        [$0.shard.map { "shard \($0)" } ?? "", $0.reason.detail]
      }
      let sorted = groups.sorted { $0.value[0].shard ?? 0 < $1.value[0].shard ?? 0 }
      for (words, group) in sorted.prefix(Self.mostListed) {
        let known = words.filter { !$0.isEmpty }.joined(separator: ", ")
        let names = group.prefix(3).map(\.cell).joined(separator: " ")
        let more = group.count > 3 ? " and \(group.count - 3) more" : ""
        lines.append("  \(known.isEmpty ? "" : "\(known): ")\(names)\(more)")
      }
      let further = sorted.dropFirst(Self.mostListed)
      if !further.isEmpty {
        let count = further.reduce(0) { $0 + $1.value.count }
        lines.append("  and \(count) more, in merge.json")
      }
    }
    for flake in flakes.prefix(Self.mostListed) {
      let runs = flake.attempts.map { "\($0.attempt) \($0.outcome.verdict.rawValue)" }
      lines.append("flake: \(flake.cell): \(runs.joined(separator: ", "))")
    }
    if flakes.count > Self.mostListed {
      lines.append("and \(flakes.count - Self.mostListed) more flakes")
    }
    let others = Set(otherPrograms.map(\.host)).sorted()
    for host in others.prefix(Self.mostListed) {
      guard let other = otherPrograms.first(where: { $0.host == host }) else { continue }
      lines.append(
        "\(host) ran \(other.versions.difference(from: other.submitted)): "
          + "its results are marked in merge.json")
    }
    if others.count > Self.mostListed {
      lines.append("and \(others.count - Self.mostListed) more hosts, in merge.json")
    }
    lines += damaged.prefix(Self.mostListed).map { "\($0); its cell counts as not run" }
    if damaged.count > Self.mostListed {
      lines.append("and \(damaged.count - Self.mostListed) more damaged lines, in merge.json")
    }
    return lines
  }
}
