// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

@Suite struct TemplateTests {
  /// A name that is nil in a section must not be looked for in the section around it.
  @Test func everySectionOfAPageIsAScope() throws {
    let matrix = HTMLReport(try SampleMatrix.hostileCollection).page
    let sample = try SampleMatrix.collection
    let comparison = ComparisonHTML(Comparison(of: sample, kernel: "5.10", with: "6.1")).page
    var scopes: Set<String> = []
    for page in [matrix, comparison] { collect(page, in: &scopes) }
    #expect(scopes.count > 20, "\(scopes)")
  }

  private func collect(_ value: Any, in scopes: inout Set<String>) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .struct where !(value is String):
      guard !mirror.children.isEmpty else { return }
      #expect(value is any TemplateScope, "\(type(of: value))")
      scopes.insert("\(type(of: value))")
    case .collection, .optional: break
    default: return
    }
    for child in mirror.children { collect(child.value, in: &scopes) }
  }

  @Test func whatIsNilInASectionIsNothingThere() throws {
    let bound = HTMLPage.Bound(number: nil, size: "64M")
    #expect(bound.child(named: "size") as? String == "64M")
    #expect(bound.child(named: "other") == nil)
    #expect(bound.child(named: "number") != nil)
    #expect(bound.child(named: "number") as? Int == nil)
  }
}
