// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Testing

@testable import Predictions

@Suite struct KernelRulesTests {
  private static let project = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func release(_ text: String) throws -> KernelRelease {
    try #require(KernelRelease(text))
  }

  private func rules(_ release: String) throws -> KernelRules {
    try #require(KernelRules(release: try self.release(release)))
  }

  @Test func everyLineThatIsBuiltHasRules() throws {
    let list = try String(
      contentsOf: Self.project.appending(path: "kernel-config/kernels.yaml"), encoding: .utf8)
    let lines = list.matches(of: /- name: "([0-9.]+)"/).map { String($0.1) }
    #expect(lines.count >= 4)
    for line in lines {
      let rules = try self.rules(line)
      #expect(KernelRules.all.contains(rules), "\(line) is not among all lines")
    }
  }

  @Test func aReleaseOlderThanAllHasNone() throws {
    let oldest = try #require(LineHistory.all.first).first
    #expect(KernelRules(release: oldest) != nil)
    let older = KernelRelease(major: oldest.major, minor: oldest.minor - 1, patch: nil)
    #expect(KernelRules(release: older) == nil)
  }

  /// A change belongs to the first line that has it.
  @Test func everyChangeStandsWithTheLineThatBroughtIt() {
    for (before, line) in zip(LineHistory.all, LineHistory.all.dropFirst()) {
      #expect(line.lastBefore == before.last)
      for change in line.changes {
        #expect(change.isPart(of: line.last, since: line.first), "\(change.rule)")
        #expect(!change.isPart(of: before.last, since: line.first), "\(change.rule)")
        let mainline = change.since ?? line.first
        for backport in change.backports { #expect(backport < mainline, "\(change.rule)") }
      }
    }
  }

  /// Else it would be none.
  @Test func everyChangeChangesItsRule() {
    var rules = KernelRules.oldest
    for change in LineHistory.all.flatMap(\.changes) {
      let before = rules
      change.apply(to: &rules)
      #expect(rules != before, "\(change.rule)")
    }
  }

  @Test func aReleaseBetweenTwoLinesGetsEachRuleByItsHistory() throws {
    let between = try rules("6.9")
    #expect(between.vmemmap == .belowOneGibibyte)
    #expect(between.crashKernelSearch == .bothSides)
    #expect(between.regionOrder == .sorted)
    #expect(try rules("6.8.12").vmemmap == .projection)
    #expect(try rules("6.11.11").regionOrder == .sorted)
    // Not known to have come with 6.7 to 6.12, and so the older form.
    #expect(between.extraAreas == 1)
    #expect(between.uncertain.contains("extra-areas"))
    #expect(try rules("6.12.0").uncertain.isEmpty)
  }

  @Test func aStableSeriesDecidesWhenItTakesAChange() throws {
    #expect(try rules("6.12.12").regionOrder == .sorted)
    #expect(try rules("6.12.13").regionOrder == .staticFirst)
    #expect(try rules("6.12").regionOrder == .staticFirst)
    #expect(try rules("6.13.0").regionOrder == .staticFirst)
    #expect(try rules("5.10.36").poolTime == .beforePaging)
    #expect(try rules("5.10.37").poolTime == .afterMemoryMap)
    #expect(try rules("6.12.102").regionArray == .fixed)
    #expect(try rules("6.12.103").regionArray == .allocated)
    #expect(try rules("6.12.53").reservesFromStext)
    #expect(try !rules("6.12.54").reservesFromStext)
    #expect(try rules("5.15.35").unmappedPagesAreInvalid)
    #expect(try !rules("5.15.36").unmappedPagesAreInvalid)
    #expect(try !rules("6.18.1").dropsMalformedArrays)
    #expect(try rules("6.18.2").dropsMalformedArrays)
    #expect(try !rules("6.18.8").skipsSeveralEntries)
    #expect(try rules("6.18.9").skipsSeveralEntries)
    #expect(try !rules("7.2.13").skipsSeveralEntries)
    for before in ["5.15.215", "6.6.150", "6.12.63", "6.18.2"] {
      #expect(try rules(before).elfCoreHeaderTime == .afterStaticRegions, "\(before)")
    }
    for since in ["6.12.64", "6.18.3", "6.19"] {
      #expect(try rules(since).elfCoreHeaderTime == .first, "\(since)")
    }
  }

  /// 5.4.102 took the change of 5.12, and 5.4.119 took it back.
  @Test(arguments: [
    ("5.4.101", KernelRules.StaticNoMap.removed), ("5.4.102", .markedUnlessReserved),
    ("5.4.118", .markedUnlessReserved), ("5.4.119", .removed), ("5.4.301", .removed),
    ("5.10.19", .removed), ("5.10.20", .markedUnlessReserved), ("5.11.0", .removed),
    ("5.12.0", .markedUnlessReserved), ("5.15.0", .marked),
  ])
  func aStableSeriesGivesAChangeBack(release: String, form: KernelRules.StaticNoMap) throws {
    #expect(try rules(release).staticNoMap == form)
  }

  @Test func everyRuleIsListedOnceWithItsKernelFunction() throws {
    #expect(Mirror(reflecting: KernelRules.oldest).children.count - 2 == KernelRule.all.count)
    #expect(Set(KernelRule.all.map(\.name)).count == KernelRule.all.count)
    let text = try String(
      contentsOf: Self.project.appending(
        path: "Sources/Model/Predictions/Rules/KernelRules.swift"), encoding: .utf8)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for rule in KernelRule.all {
      for word in [rule.file, rule.function].compactMap(\.self) {
        #expect(words.contains(word), "\(rule.name)")
      }
    }
    #expect(KernelRule.all.filter { $0.file == nil }.map(\.name) == ["least-boot-bytes"])
  }

  @Test func aRuleTellsFromWhereItWasTaken() throws {
    func source(_ name: String, _ release: String) throws -> KernelRule.Source {
      try #require(KernelRule.all.first { $0.name == name }).source(in: try rules(release))
    }
    #expect(try source("region-order", "6.12.12") == .oldest)
    #expect(try source("region-order", "6.12.16") == .release(try release("6.12.13")))
    #expect(try source("region-order", "7.2.13") == .release(try release("6.13.0")))
    #expect(try source("extra-areas", "6.9.1") == .assumed)
    #expect(try source("extra-areas", "6.12.1") == .line(try release("6.12.0")))
    #expect(try source("pool-time", "9.0") == .newestKnown(try release("7.3.0")))
  }

  /// The name of a line is for messages: what a step does is a rule's to say.
  @Test func noStepAsksForARelease() throws {
    let asks = /rules\.(line|release)\b|KernelRelease\(major/
    // What names the line whose rules were followed, and what says that it was not compared.
    let messages = ["BootLog.swift": 1, "ARMFacts.swift": 1]
    let sources = Self.project.appending(path: "Sources/Model/Predictions")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      count += 1
      if ["Rules", "Lines"].contains(file.deletingLastPathComponent().lastPathComponent) {
        continue
      }
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        text.matches(of: asks).count == messages[file.lastPathComponent] ?? 0,
        "\(file.lastPathComponent) asks for a release: make it a rule")
    }
    #expect(count > 20)
  }
}
