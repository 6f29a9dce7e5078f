// SPDX-License-Identifier: Apache-2.0

import Observations
import Records

/// Runs as KTAP, version 1 (Documentation/dev-tools/ktap.rst): one test, a subtest per cell.
///
/// As in the exit code of a matrix, what was expected of a cell decides; of a run that no matrix
/// speaks of, its verdict. What went wrong precedes the result in diagnostic lines.
package struct KTAPReport: Report {
  package static let name = "ktap"
  package static let purpose = "for the tools of the kernel's own tests"

  private let collection: RunCollection

  package init(_ collection: RunCollection, style: AddressMap.Style) {
    self.collection = collection
  }

  package var document: String {
    let name = KTAPEscaping.name(collection.name)
    let count = collection.cells.count + collection.missing.count
    let results =
      collection.cells.enumerated().flatMap { result(of: $1, number: $0 + 1) }
      + collection.missing.enumerated().map { index, missing in
        let number = collection.cells.count + index + 1
        return "ok \(number) \(KTAPEscaping.name(missing.id)) # SKIP it has no result"
      }
    let subtests =
      ["KTAP version 1", "# Subtest: \(name)", "1..\(count)"]
      + collection.notes.map { KTAPEscaping.diagnostic("not read", $0) } + results
    let isGood = collection.unexpected.isEmpty && collection.missing.isEmpty
    let lines =
      ["KTAP version 1", "1..1"] + subtests.map { "    \($0)" }
      + [
        KTAPEscaping.diagnostic("summary", collection.sentence),
        "\(isGood ? "ok" : "not ok") 1 \(name)",
      ]
    return lines.map { "\($0)\n" }.joined()
  }

  private func result(of cell: RunCollection.Cell, number: Int) -> [String] {
    let result = "\(number) \(KTAPEscaping.name(cell.id))"
    guard !cell.isAsExpected else { return ["ok \(result)"] }
    let checks = cell.record.checks.filter { $0.verdict != .pass }.flatMap { check in
      [
        KTAPEscaping.diagnostic(
          check.id.rawValue, "expected \(check.expected), observed \(check.observed)")
      ] + check.source.map { KTAPEscaping.diagnostic("console line \($0.line)", $0.text) }
    }
    let tests = cell.record.tests.filter { $0.verdict != .pass }.map {
      KTAPEscaping.diagnostic("test \($0.name)", $0.reason)
    }
    return [KTAPEscaping.diagnostic(cell.outcome.word, cell.record.reason)] + checks + tests
      + ["not ok \(result)"]
  }
}
