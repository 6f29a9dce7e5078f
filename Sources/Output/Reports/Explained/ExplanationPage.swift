// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Records

/// What the template of an explanation shows.
struct ExplanationPage: TemplateScope {
  struct Fact: TemplateScope {
    let name: String
    let value: String
  }
  struct Line: TemplateScope {
    let place: String
    let text: String
  }
  struct Pool: TemplateScope {
    let title: String
    let summary: String
    let lines: [Line]
  }
  struct Statement: TemplateScope {
    let heading: String
    let cause: String
    let remedy: String
    let lines: [Line]
  }
  struct Model: TemplateScope {
    let sentences: [String]
    let pools: [String]
    let assumptions: [String]
  }
  struct Reproduced: TemplateScope {
    struct Part: TemplateScope {
      let title: String
      let standing: String
      let logged: [Line]
      let guest: [Line]
    }

    let release: String
    let sentences: [String]
    let parts: [Part]
    let command: String
  }
  struct Step: TemplateScope {
    let purpose: String
    let text: String
  }
  struct List: TemplateScope {
    let steps: [Step]
  }

  let sentence: String
  let facts: [Fact]
  let map: MapDrawing?
  let pools: [Pool]
  let statements: [Statement]
  let model: Model?
  let reproduced: Reproduced?
  let next: List?
  let harmless: List?
  let missing: List?

  init(_ boot: ExplainedBoot, of explanation: Explanation) {
    sentence = boot.summary
    let count = explanation.boots.count
    let which = count > 1 ? ", the last of \(count) boots" : ""
    facts =
      [
        Fact(name: "Board", value: boot.boardWords),
        Fact(name: "Log", value: "\(explanation.log), \(boot.lineWords)\(which)"),
      ]
      + explanation.boots.dropLast().suffix(ExplanationText.mostBoots).map {
        Fact(name: "Before it, \($0.lineWords)", value: $0.summary)
      }
    map = MapDrawing(boot)
    pools = zip(boot.pools, boot.evidence.pools).map { pool, sources in
      Pool(
        title: pool.title, summary: pool.sentence, lines: sources.map(Line.init))
    }
    statements = boot.findings.map { finding in
      Statement(
        heading: "\(finding.isFault ? "Wrong" : "Not wrong"): \(finding.statement)",
        cause: finding.cause, remedy: finding.remedy,
        lines: finding.evidence.map(Line.init))
    }
    model = boot.predicted.map {
      Model(
        sentences: [$0.standing, $0.room].compactMap(\.self), pools: $0.otherPools,
        assumptions: $0.assumptions)
    }
    reproduced = boot.reproduced.map(Reproduced.init)
    next = List(boot.next.map { Step(purpose: "\($0.placeWords), \($0.purpose)", text: $0.text) })
    harmless = List(
      boot.harmless.map { item in
        Step(purpose: item.what, text: item.evidence.map(\.text).joined(separator: "\n"))
      })
    missing = List(boot.missing.map { Step(purpose: $0.what, text: $0.command) })
  }
}

extension ExplanationPage.Line {
  fileprivate init(_ source: ExplainedBoot.Source) {
    place = source.line.map { "line \($0)" } ?? "device tree"
    text = source.text
  }
}

extension ExplanationPage.Reproduced {
  fileprivate init(_ boot: ReproducedBoot) {
    release = boot.kernel.booted
    sentences = [boot.kernel.standing, boot.doubt, "\(boot.verdict.rawValue): \(boot.reason)"]
      .compactMap(
        \.self)
    let statements = boot.statements.map {
      Part(
        title: $0.what, standing: $0.standing, logged: $0.logLines.map(ExplanationPage.Line.init),
        guest: $0.guestLines.map(ExplanationPage.Line.init))
    }
    let pools = boot.pools.map {
      Part(
        title: $0.title, standing: $0.standing, logged: $0.logLines.map(ExplanationPage.Line.init),
        guest: $0.guestLines.map(ExplanationPage.Line.init))
    }
    parts = statements + pools
    command = boot.boot
  }
}

extension ExplanationPage.List {
  /// Nil for none.
  fileprivate init?(_ steps: [ExplanationPage.Step]) {
    guard !steps.isEmpty else { return nil }
    self.steps = steps
  }
}
