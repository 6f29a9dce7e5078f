// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

/// What a log shows that is wrong, or looks so: one rule a kind, in the order of gravity.
struct FindingRules {
  typealias Finding = ExplainedBoot.Finding
  typealias Source = ExplainedBoot.Source

  let view: BoardView
  let occupancy: Occupancy
  /// What there is room for; nil where the model does not say.
  let room: BoardRoom?

  init(_ view: BoardView, _ room: BoardRoom? = nil) {
    self.view = view
    self.room = room
    occupancy = Occupancy(view)
  }

  /// Faults first, the gravest one at the top.
  var findings: [Finding] {
    let refused = nodesRefused
    let isNodeFirst = view.pools.contains {
      $0.pool.outcome == .refused && $0.pool.name.map(isDefaultNode) == true
    }
    let all =
      poolsOverUnmapped + overlapsOfPools + poolsOutsideRAM + outOfMemory
      + (isNodeFirst ? refused + defaultPoolRefused : defaultPoolRefused + refused) + notActivated
      + bypassed + otherOverlaps + highPools + allocationFailures + bounceBuffers + properties
      + regionsRefused
      + crashKernelRefused + nothingAsked + ignoredRAM + loaderRefused
    return (all.filter(\.isFault) + all.filter { !$0.isFault }).map(inOrder)
  }

  /// With its lines as the log has them, each once, and the tree's properties behind them.
  private func inOrder(_ finding: Finding) -> Finding {
    var seen: Set<Source> = []
    let sources = finding.evidence.filter { seen.insert($0).inserted }
    let lines = sources.filter { $0.line != nil }.sorted { $0.line ?? 0 < $1.line ?? 0 }
    return finding.with(evidence: lines + sources.filter { $0.line == nil })
  }

  /// What is on every boot of some boards, and no fault.
  var harmless: [ExplainedBoot.Harmless] { emptyRegions + roundedPools }

  // MARK: Shared

  func refusals(_ isWanted: (LoggedBoot.Refusal) -> Bool) -> [Logged<LoggedBoot.Refusal>] {
    view.boot.refusals.filter { isWanted($0.value) }
  }

  /// What serves as the default pool after a node was refused or bypassed: in a clause.
  func substitute(for name: String?) -> String? {
    guard let pool = view.defaultPool, pool.pool.name != name else { return nil }
    let size = pool.pool.size.map { "\($0.asKernelWrites)" } ?? "another pool"
    let place = pool.pool.base.map { " at \($0)" } ?? ""
    let asked =
      switch pool.pool.kind {
      case .commandLine: " asked for with cma="
      case .kconfig: " of the kernel's configuration"
      case .deviceTree, .standard, .unknown: ""
      }
    return "\(size)\(place)\(asked) took its place"
  }

  /// `name (0x…-0x…)` of each.
  func named(_ takers: [Occupancy.Taker]) -> String {
    takers.map { "\($0.name) (\($0.range))" }.enumerated
  }

  var distressLines: [LogLine] {
    view.boot.distress.filter { [.panic, .fault, .bug, .place].contains($0.value) }
      .prefix(3).flatMap(\.lines)
  }
}
