// SPDX-License-Identifier: Apache-2.0

package import Records

/// A run's record as the page that `cmalab report` makes of its folder, without the console, which is there
/// alone.
package struct RunHTML: Report {
  package static let name = HTMLReport.name
  package static let purpose = HTMLReport.purpose

  private let record: RunRecord

  package init(_ record: RunRecord, style: AddressMap.Style) { self.record = record }

  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  package var document: String {
    get throws {
      let cell = RunCollection.Cell(
        id: record.title, record: record, expected: nil, attempts: 1, excerpt: .none, folder: nil)
      return try HTMLReport(
        RunCollection(name: record.title, isSingleRun: true, cells: [cell])
      ).document
    }
  }
}
