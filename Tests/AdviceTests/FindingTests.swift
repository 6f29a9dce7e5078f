// SPDX-License-Identifier: Apache-2.0

import Foundation
import KernelConsole
import Records
import Testing

@testable import Advice

/// What scripts read of findings.
@Suite struct FindingTests {
  /// A rule whose name is a complaint's, or another rule's, would go missing in the list.
  @Test func eachRuleHasANameOfItsOwn() {
    let rules = LintRules.list.rules.map(\.rule.rawValue)
    #expect(rules.allSatisfy { $0.wholeMatch(of: #/[a-z]+(-[a-z]+)*/#) != nil }, "\(rules)")
    let complaints = Set(KernelComplaint.ID.allCases.map { Finding.Rule.said($0) })
    let own = LintRules.all.flatMap(\.descriptions).map(\.rule).filter { !complaints.contains($0) }
    #expect(Set(own).count == own.count)
  }

  @Test(
    arguments: [
      (.node(path: "/reserved-memory/a@0", property: "reg"), nil, "/reserved-memory/a@0:reg"),
      (.node(file: "x.dts", path: "/chosen", property: "bootargs"), "x.dts", "/chosen:bootargs"),
      (.node(path: "/"), nil, "/"),
      (.boardKey(file: "b.yaml", key: "layouts.a.banks"), "b.yaml", "layouts.a.banks"),
      (.option("--region a"), nil, "--region a"),
    ] as [(Finding.Place, String?, String)])
  func aPlaceIsWrittenAsAFileAndAKey(place: Finding.Place, file: String?, key: String) throws {
    let data = try JSONEncoder().encode(place)
    let fields = try JSONDecoder().decode([String: String].self, from: data)
    #expect(fields["file"] == file)
    #expect(fields["key"] == key)
    #expect(try JSONDecoder().decode(Finding.Place.self, from: data) == place)
  }
}
