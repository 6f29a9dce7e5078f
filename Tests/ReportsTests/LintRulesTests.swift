// SPDX-License-Identifier: Apache-2.0

import Advice
import HostFiles
import Records
import Reports
import SystemPackage
import Testing

@Suite struct LintRulesTests {
  private static let page = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()
    .appending("Sources/cmalab/cmalab.docc/LintRules.md")

  @Test func thePageIsTheOneThatTheRulesMake() throws {
    let page = String(decoding: try HostFile.read(Self.page, limit: 1 << 20), as: UTF8.self)
    #expect(
      page == LintRulesMarkdown(LintRules.list).document,
      "write it anew: cmalab lint --rules --format markdown > \(Self.page)")
  }

  @Test func eachRuleIsPrintedWithItsOriginAndItsRemedy() {
    let list = LintRules.list
    let text = LintRulesText(list).document
    for rule in list.rules {
      #expect(text.contains("\(rule.rule): \(rule.severity.rawValue): \(rule.summary)\n"))
      #expect(text.contains("  source:  \(rule.origin)\n  do:      \(rule.remedy)\n"))
      #expect(!rule.summary.isEmpty && !rule.origin.isEmpty && !rule.remedy.isEmpty)
    }
  }

  /// What stands in a tree stays text: no table ends early, and nobody is mentioned.
  @Test func aFindingIsARowOfATable() {
    let finding = Finding(
      rule: Finding.Rule("no-place"), severity: .error,
      place: .node(file: "a|b.dts", path: "/reserved-memory/@x"), problem: "neither reg nor size",
      consequence: "nothing", message: nil, origin: "somewhere", remedy: "write | size",
      kernels: ["6.1"])
    let report = LintReport(
      subject: "a|b.dts", kernels: ["6.1"], findings: [finding], assumptions: ["much"])
    let text = FindingsMarkdown(report).document
    #expect(text.hasPrefix("## a\\|b.dts: 1 error, 0 warnings, 0 notes, for 6.1\n"))
    let row = text.split(separator: "\n").first { $0.hasPrefix("| error") } ?? ""
    #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 5, "\(row)")
    #expect(row.contains("no-place") && row.contains("write \\| size"))
    #expect(!row.contains("@"))
    #expect(text.hasSuffix("\n> assumed: much\n"))
  }
}
