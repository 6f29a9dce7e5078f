// SPDX-License-Identifier: Apache-2.0

import Advice
import Foundation
import KernelConsole
import Records
import Testing

/// What scripts read of findings.
@Suite struct FindingTests {
  @Test func eachRulesNameIsReadBackAsTheRule() {
    let rules = LintRules.list.rules.map(\.rule)
    for rule in rules {
      #expect(!rule.rawValue.isEmpty)
      #expect(Finding.Rule(rawValue: rule.rawValue) == rule)
    }
    #expect(Set(rules.map(\.rawValue)).count == rules.count)
    for id in KernelComplaint.ID.allCases {
      #expect(Finding.Rule(rawValue: id.rawValue) == .said(id))
    }
    #expect(Finding.Rule(rawValue: "no-such-rule") == nil)
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
