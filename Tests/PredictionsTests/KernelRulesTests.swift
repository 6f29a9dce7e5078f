// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Testing

@testable import Predictions

@Suite struct KernelRulesTests {
  private static let project = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func rules(_ release: String) throws -> KernelRules {
    let release = try #require(KernelRelease(release))
    return try #require(KernelRules(release: release))
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
      #expect(before.first < line.first)
      for change in line.changes {
        #expect(change.isPart(of: line.newest), "\(change.rule)")
        #expect(!change.isPart(of: before.newest), "\(change.rule)")
        for backport in change.backports { #expect(backport < change.since, "\(change.rule)") }
      }
      let releases = line.changes.map(\.since)
      #expect(releases == releases.sorted(), "\(line.first)")
    }
  }

  /// Else the change would be none.
  @Test func everyChangeChangesItsRule() {
    for change in LineHistory.all.flatMap(\.changes) {
      let release = change.since
      let without = LineHistory.all.flatMap(\.changes).filter {
        $0.isPart(of: release) && !($0.rule == change.rule && $0.since == change.since)
      }
      var before = KernelRules(unchangedSince: release)
      for other in without { other.apply(to: &before) }
      var after = before
      change.apply(to: &after)
      #expect(after != before, "\(change.rule) of \(release)")
    }
  }

  /// 6.9 moved the memory map, which 6.1 and 6.12 have not where it has it by their whole.
  @Test func aReleaseBetweenTwoLinesGetsEachRuleByItsHistory() throws {
    let between = try rules("6.9")
    #expect(between.vmemmap == .belowOneGibibyte)
    #expect(between.crashKernelSearch == .bothSides)
    #expect(between.regionOrder == .sorted)
    #expect(try rules("6.8.12").vmemmap == .projection)
    #expect(try rules("6.11.11").regionOrder == .sorted)
  }

  @Test func aStableSeriesDecidesWhenItTakesAChange() throws {
    #expect(try rules("6.12.12").regionOrder == .sorted)
    #expect(try rules("6.12.13").regionOrder == .staticFirst)
    #expect(try rules("6.12").regionOrder == .staticFirst)
    #expect(try rules("6.13.0").regionOrder == .staticFirst)
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
