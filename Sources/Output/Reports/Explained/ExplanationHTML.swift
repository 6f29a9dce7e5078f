// SPDX-License-Identifier: Apache-2.0

package import Records

/// A log, explained as one HTML file: the board's memory drawn, predicted beside logged, each statement
/// with its lines.
package struct ExplanationHTML: Report {
  package static let name = HTMLReport.name
  package static let purpose = HTMLReport.purpose

  private let explanation: Explanation

  package init(_ explanation: Explanation, style: AddressMap.Style) {
    self.explanation = explanation
  }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      try Templates.render(
        HTMLPage(
          title: explanation.explained?.machine ?? explanation.log,
          explanation: explanation.explained.map { ExplanationPage($0, of: explanation) },
          source: "the log"))
    }
  }
}
