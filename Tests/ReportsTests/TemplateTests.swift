// SPDX-License-Identifier: Apache-2.0

import Observations
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

  /// What to type next is not torn apart at its dashes, and an attribute has no markup.
  @Test func anOptionInASentenceIsOneWord() throws {
    let escaping = ProseEscaping()
    #expect(
      escaping.escapeText("next: --cma 876M <or> --x")
        == "next: <span class=\"option\">--cma</span> 876M &lt;or&gt; "
        + "<span class=\"option\">--x</span>")
    let results = try SampleMatrix.results.replacing(
      "the guest panicked: ", with: "next: --cma 64M, the guest panicked: ")
    let hostile = results.replacing("Failed to reserve", with: SampleMatrix.hostile)
    let document = try HTMLReport(try SampleMatrix.collection(results: hostile)).document
    #expect(document.contains("next: <span class=\"option\">--cma</span> "))
    #expect(document.contains("title=\""))
    #expect(!document.contains(#/"[^"<>]*<span class="option"/#))
    // What follows it on the page is escaped as before.
    #expect(!document.contains("<script>alert(1)"))
  }

  @Test func aFigureAgreesWithItsNumber() {
    func words(_ value: UInt64, _ unit: String) -> String {
      TestReport.Figure.words(of: value, in: .init(rawValue: unit))
    }
    #expect(words(1, "pieces") == "1 piece")
    #expect(words(2, "pieces") == "2 pieces")
    #expect(words(1, "processes") == "1 process")
    #expect(words(7, "number") == "7")
  }

  @Test func whatIsNilInASectionIsNothingThere() throws {
    let bound = HTMLPage.Bound(number: nil, size: "64M")
    #expect(bound.child(named: "size") as? String == "64M")
    #expect(bound.child(named: "other") == nil)
    #expect(bound.child(named: "number") != nil)
    #expect(bound.child(named: "number") as? Int == nil)
  }
}
