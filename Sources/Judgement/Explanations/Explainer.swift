// SPDX-License-Identifier: Apache-2.0

package import BootLogs
import Quantities
package import Records

/// Explains logs.
package struct Explainer: Sendable {
  /// What a log is called that has no file.
  package static let standardInput = "standard input"

  /// As people know the file: `dmesg.txt`.
  private let name: String
  private let tree: OwnerTree?
  /// Options by name, without `CONFIG_`.
  private let configuration: [String: String]?

  package init(log name: String, tree: OwnerTree?, configuration: [String: String]?) {
    self.name = name
    self.tree = tree
    self.configuration = configuration
  }

  package func explanation(of log: BootLog) -> Explanation {
    Explanation(
      log: name, lineCount: log.lineCount,
      boots: log.boots.map { boot in
        let view = BoardView(log: name, boot: boot, tree: tree)
        let outlook = BoardOutlook(view, configuration: configuration)
        return with(outlook.predicted, told(view, outlook.room), view)
      })
  }

  /// What each boot of a log shows, without what the model makes of it.
  package func findings(in log: BootLog) -> [ExplainedBoot] {
    log.boots.map { told(BoardView(log: name, boot: $0, tree: tree), nil) }
  }

  private func told(_ view: BoardView, _ room: BoardRoom?) -> ExplainedBoot {
    let boot = view.boot
    let rules = FindingRules(view, room)
    var explained = ExplainedBoot()
    explained.kernelRelease = boot.release?.value
    explained.machine = boot.machine?.value
    explained.architecture = boot.architecture?.value
    explained.pageSizeBytes = boot.pageSize?.value.size
    explained.banks = view.banks
    explained.commandLineCMA = boot.commandLine?.value.poolArgument
    explained.pools = view.pools.map { ExplainedBoot.Pool($0.pool) }
    explained.cmaTotalBytes = boot.memory?.value.pools
    explained.findings = rules.findings
    explained.cause = explained.findings.first?.cause
    explained.remedy = explained.findings.first?.remedy
    explained.harmless = rules.harmless
    explained.taken = rules.occupancy.takers
    explained.missing = MissingFacts(view).list
    explained.evidence = evidence(view, explained.findings.first)
    explained.firstLine = boot.firstLine
    explained.lastLine = boot.lastLine
    explained.summary = Summary(view, explained.findings).text
    return explained
  }

  private func with(
    _ predicted: ExplainedBoot.Predicted, _ told: ExplainedBoot, _ view: BoardView
  ) -> ExplainedBoot {
    var explained = told
    explained.predicted = predicted
    explained.replay = Replay(view, predicted).answer
    explained.next = NextSteps(view, predicted, isWrong: explained.isWrong).list
    return explained
  }

  private func evidence(
    _ view: BoardView, _ finding: ExplainedBoot.Finding?
  ) -> ExplainedBoot.Evidence {
    let boot = view.boot
    var evidence = ExplainedBoot.Evidence()
    evidence.kernelRelease = view.sources(boot.release?.lines ?? [])
    evidence.machine = view.sources(boot.machine?.lines ?? [])
    evidence.architecture = view.sources(boot.architecture?.lines ?? [])
    evidence.pageSizeBytes = view.sources(boot.pageSize?.lines ?? [])
    evidence.banks = view.bankSources
    evidence.commandLineCMA = view.sources(boot.commandLine?.lines ?? [])
    evidence.pools = view.pools.map(\.sources)
    evidence.cmaTotalBytes = view.sources(boot.memory?.lines ?? [])
    evidence.cause = finding?.evidence ?? []
    return evidence
  }
}

extension ExplainedBoot.Pool {
  init(_ pool: LoggedBoot.Pool) {
    self.init(
      name: pool.name, base: pool.base, bytes: pool.size, kind: pool.kind, outcome: pool.outcome)
  }
}
